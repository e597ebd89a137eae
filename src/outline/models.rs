//! Models of machine learning: GGUF and safetensors. Their heads name everything that they hold.
//!
//! Source: ggml, docs/gguf.md (versions 2 and 3); Hugging Face, "Safetensors: Metadata Parsing".

use super::bytes::{u32_le, u64_le};
use super::made::{MOST_ITEMS, fact, item, list, of, shown};
use crate::protocol::{FileOutline, OutlineItem, OutlineName, OutlineValue, OutlinedFormat};

/// Values of the head that are passed, and bytes of a head of safetensors: those of large models have a few hundred kB.
const MOST_VALUES: u64 = 4_000_000;
const MOST_HEAD: u64 = 8 << 20;

pub fn is_gguf(head: &[u8]) -> bool {
    head.starts_with(b"GGUF")
}

pub fn gguf(bytes: &[u8]) -> Option<FileOutline> {
    let version = u32_le(bytes, 4).filter(|version| (2..=3).contains(version))?;
    let (tensors, values) = (u64_le(bytes, 8)?, u64_le(bytes, 16)?);
    let mut facts = vec![
        fact(OutlineName::Version, OutlineValue::Number(version.into())),
        fact(OutlineName::Tensors, OutlineValue::Number(tensors)),
    ];
    let mut items = Vec::new();
    let mut reader = GgufReader { bytes, place: 24, values: 0 };
    for _ in 0..values.min(MOST_ITEMS as u64) {
        let Some((key, value)) = reader.pair() else { break };
        if key == b"general.architecture" {
            facts.push(fact(OutlineName::Architecture, OutlineValue::Text(shown(&value))));
        }
        items.push(item(key, value, None));
    }
    let mut outline = of(OutlinedFormat::Gguf, facts);
    outline.lists.push(list(OutlineName::Metadata, items.into_iter(), values));
    Some(outline)
}

struct GgufReader<'a> {
    bytes: &'a [u8],
    place: usize,
    /// Values of arrays that were passed.
    values: u64,
}

impl<'a> GgufReader<'a> {
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(u64_le(self.bytes, self.place)?).ok()?;
        let start = self.place.checked_add(8)?;
        let end = start.checked_add(length)?;
        let text = self.bytes.get(start..end)?;
        self.place = end;
        Some(text)
    }

    /// A key and its value in words.
    fn pair(&mut self) -> Option<(&'a [u8], String)> {
        let key = self.text()?;
        let kind = u32_le(self.bytes, self.place)?;
        self.place += 4;
        Some((key, self.value(kind)?))
    }

    fn number<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = super::bytes::at(self.bytes, self.place)?;
        self.place += N;
        Some(bytes)
    }

    fn value(&mut self, kind: u32) -> Option<String> {
        Some(match kind {
            0 => u8::from_le_bytes(self.number()?).to_string(),
            1 => i8::from_le_bytes(self.number()?).to_string(),
            2 => u16::from_le_bytes(self.number()?).to_string(),
            3 => i16::from_le_bytes(self.number()?).to_string(),
            4 => u32::from_le_bytes(self.number()?).to_string(),
            5 => i32::from_le_bytes(self.number()?).to_string(),
            6 => f32::from_le_bytes(self.number()?).to_string(),
            7 => (self.number::<1>()? != [0]).to_string(),
            8 => {
                let text = self.text()?;
                String::from_utf8_lossy(text.get(..256).unwrap_or(text)).into_owned()
            }
            9 => self.array()?,
            10 => u64::from_le_bytes(self.number()?).to_string(),
            11 => i64::from_le_bytes(self.number()?).to_string(),
            12 => f64::from_le_bytes(self.number()?).to_string(),
            _ => return None,
        })
    }

    /// `32000 values`. Arrays in arrays are not read.
    fn array(&mut self) -> Option<String> {
        let kind = u32::from_le_bytes(self.number()?);
        let count = u64::from_le_bytes(self.number()?);
        self.values = self.values.checked_add(count).filter(|values| *values <= MOST_VALUES)?;
        let width = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            8 => {
                for _ in 0..count {
                    self.text()?;
                }
                0
            }
            _ => return None,
        };
        let length = usize::try_from(count).ok()?.checked_mul(width)?;
        self.place = self.place.checked_add(length).filter(|place| *place <= self.bytes.len())?;
        Some(format!("[{count}]"))
    }
}

pub fn is_safetensors(head: &[u8]) -> bool {
    u64_le(head, 0).is_some_and(|length| (2..=MOST_HEAD).contains(&length))
        && head
            .get(8..10)
            .is_some_and(|start| start[0] == b'{' && matches!(start[1], b'"' | b'}' | b' '))
}

pub fn safetensors(bytes: &[u8]) -> Option<FileOutline> {
    let length = usize::try_from(u64_le(bytes, 0)?).ok()?;
    let head = bytes.get(8..8usize.checked_add(length)?)?;
    let head: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(head).ok()?;
    let tensors = head.iter().filter(|(name, _)| *name != "__metadata__");
    let total = tensors.clone().count() as u64;
    let one = |(name, tensor): (&String, &serde_json::Value)| -> OutlineItem {
        let kind = tensor["dtype"].as_str().unwrap_or_default();
        let shape = tensor["shape"].as_array().map_or(&[][..], Vec::as_slice);
        let shape: Vec<_> = shape.iter().take(8).map(ToString::to_string).collect();
        let offset = |at: usize| tensor["data_offsets"][at].as_u64();
        let bytes = offset(1).zip(offset(0)).and_then(|(end, start)| end.checked_sub(start));
        item(name, format!("{kind} [{}]", shape.join(", ")), bytes)
    };
    let facts = vec![fact(OutlineName::Tensors, OutlineValue::Number(total))];
    let mut outline = of(OutlinedFormat::Safetensors, facts);
    outline.lists.push(list(OutlineName::Tensors, tensors.map(one), total));
    Some(outline)
}
