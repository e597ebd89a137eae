//! What the bytes at the cursor mean as numbers and as a character.

use crate::text::show;

/// Bytes that are needed at most.
pub const MOST: u64 = 8;

/// One meaning: its name, and its value little-endian and big-endian. One value where the order makes no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteValue {
    pub name: &'static str,
    pub little: String,
    pub big: Option<String>,
}

/// All meanings of the bytes; those that need more bytes than there are are left out.
pub fn values(bytes: &[u8]) -> Vec<ByteValue> {
    let mut all = Vec::new();
    let mut put = |name, little: Option<String>, big: Option<String>| {
        all.extend(little.map(|little| ByteValue { name, little, big }));
    };
    let first = bytes.first();
    put("u8", first.map(u8::to_string), None);
    put("i8", first.map(|byte| byte.cast_signed().to_string()), None);
    macro_rules! both {
        ($($name:literal $type:ty),*) => {$(
            let read = bytes.first_chunk().copied();
            let text = |number: $type| number.to_string();
            put(
                $name,
                read.map(<$type>::from_le_bytes).map(text),
                read.map(<$type>::from_be_bytes).map(text),
            );
        )*};
    }
    both!("u16" u16, "i16" i16, "u32" u32, "i32" i32, "u64" u64, "i64" i64);
    macro_rules! float {
        ($($name:literal $type:ty),*) => {$(
            let read = bytes.first_chunk().copied();
            // The shorter form: 1e300 has three hundred digits otherwise.
            let text = |number: $type| match number == 0.0 || (1e-4..1e16).contains(&number.abs()) {
                true => number.to_string(),
                false => format!("{number:e}"),
            };
            put(
                $name,
                read.map(<$type>::from_le_bytes).map(text),
                read.map(<$type>::from_be_bytes).map(text),
            );
        )*};
    }
    float!("f32" f32, "f64" f64);
    put("UTF-8", character(bytes), None);
    all
}

/// `é U+00E9`.
fn character(bytes: &[u8]) -> Option<String> {
    let length = (1..=4.min(bytes.len())).find(|n| std::str::from_utf8(&bytes[..*n]).is_ok())?;
    let one = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    let code = format!("U+{:04X}", u32::from(one));
    Some(match one {
        ' ' => format!("space {code}"),
        one => format!("{} {code}", show(one.to_string().as_bytes())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(bytes: &[u8], name: &str) -> (String, String) {
        let all = values(bytes);
        let one = all.iter().find(|one| one.name == name).unwrap();
        (one.little.clone(), one.big.clone().unwrap_or_default())
    }

    /// The values are those of Python's `struct.unpack`.
    #[test]
    fn bytes_are_numbers_in_both_orders() {
        let bytes = [0xfe, 0xca, 0xef, 0xbe, 0xad, 0xde, 0x01, 0x80];
        assert_eq!(value(&bytes, "u8").0, "254");
        assert_eq!(value(&bytes, "i8").0, "-2");
        assert_eq!(value(&bytes, "u16"), ("51966".into(), "65226".into()));
        assert_eq!(value(&bytes, "i16"), ("-13570".into(), "-310".into()));
        assert_eq!(value(&bytes, "u32"), ("3203386110".into(), "4274712510".into()));
        assert_eq!(value(&bytes, "i32"), ("-1091581186".into(), "-20254786".into()));
        let u64s = ("9223898349645581054".into(), "18359750433169080704".into());
        assert_eq!(value(&bytes, "u64"), u64s);
        assert_eq!(value(&[0, 0, 0x80, 0x3f, 0, 0, 0, 0], "f32").0, "1");
        assert_eq!(value(&[0x3f, 0xf8, 0, 0, 0, 0, 0, 0], "f64").1, "1.5");
        assert_eq!(
            value(&[0x7f, 0xef, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "f64").1,
            "1.7976931348623157e308"
        );
    }

    #[test]
    fn a_character_has_its_code_and_what_is_none_is_left_out() {
        assert_eq!(value("é".as_bytes(), "UTF-8").0, "é U+00E9");
        assert_eq!(value("😀x".as_bytes(), "UTF-8").0, "😀 U+1F600");
        assert_eq!(value(b" ", "UTF-8").0, "space U+0020");
        assert_eq!(value(b"\n", "UTF-8").0, "\\n U+000A");
        let names = |bytes: &[u8]| values(bytes).iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(b"\xff\xff"), ["u8", "i8", "u16", "i16"]);
        assert_eq!(names(b""), [""; 0]);
    }
}
