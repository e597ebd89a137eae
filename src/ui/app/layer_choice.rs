//! What a click on a layer selects: the image up to it, the layer alone, or a range.

use super::navigation::Navigation;
use crate::selection::LayerSelection;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// What choosing a layer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChoiceMode {
    /// The image as it is after the layer.
    UpTo,
    /// What the layer alone did.
    This,
    /// What the layers from the first chosen to this one did together.
    Range,
}

impl ChoiceMode {
    /// All, in the order of their buttons.
    pub const ALL: [ChoiceMode; 3] = [ChoiceMode::UpTo, ChoiceMode::This, ChoiceMode::Range];

    /// The words of its button.
    pub fn label(self) -> &'static str {
        match self {
            ChoiceMode::UpTo => "Up to this layer",
            ChoiceMode::This => "This layer",
            ChoiceMode::Range => "Range",
        }
    }

    /// What it shows, in one line.
    pub fn explanation(self) -> &'static str {
        match self {
            ChoiceMode::UpTo => "The image as it is after a layer",
            ChoiceMode::This => "What one layer changed",
            ChoiceMode::Range => {
                "What several layers changed together: choose the first and the last"
            }
        }
    }
}

/// How layers are chosen: what the link says, and what the next click will mean.
#[derive(Clone, Copy)]
pub struct LayerChoice {
    navigation: Navigation,
    /// The mode that the user chose, where the link does not tell.
    asked: RwSignal<Option<ChoiceMode>>,
}

impl LayerChoice {
    /// No mode was chosen yet.
    pub fn new(navigation: Navigation) -> LayerChoice {
        LayerChoice { navigation, asked: RwSignal::new(None) }
    }

    /// The mode that is shown as chosen; `None` while no layer is selected and no mode was chosen. Tracked.
    pub fn shown_mode(self) -> Option<ChoiceMode> {
        mode_of(self.navigation.layers(), self.asked.get())
    }

    /// The selection after a click on a layer; tracked.
    pub fn with(self, number: LayerNumber) -> LayerSelection {
        let mode = self.shown_mode().unwrap_or(ChoiceMode::This);
        selection_with(self.navigation.layers(), mode, number)
    }

    /// Chooses another mode, and converts what is selected.
    pub fn choose_mode(self, mode: ChoiceMode) {
        self.asked.set(Some(mode));
        let selection = match (mode, untrack(|| self.navigation.layers())) {
            (_, LayerSelection::All) => return,
            (ChoiceMode::UpTo, LayerSelection::Range(_, last)) => LayerSelection::UpTo(last),
            (ChoiceMode::This, LayerSelection::UpTo(last) | LayerSelection::Range(_, last)) => {
                LayerSelection::one(last)
            }
            (ChoiceMode::Range, LayerSelection::UpTo(last)) => {
                LayerSelection::Range(LayerNumber::FIRST, last)
            }
            (_, same) => same,
        };
        self.navigation.go(|link| link.layers = selection);
    }

    /// The address of this view after a click on a layer; tracked.
    pub fn href(self, number: LayerNumber) -> String {
        let selection = self.with(number);
        self.navigation.href(|link| link.layers = selection)
    }
}

fn mode_of(selection: LayerSelection, asked: Option<ChoiceMode>) -> Option<ChoiceMode> {
    match (selection, asked) {
        (LayerSelection::All, asked) => asked,
        (LayerSelection::UpTo(_), _) => Some(ChoiceMode::UpTo),
        (LayerSelection::Range(first, last), _) if first < last => Some(ChoiceMode::Range),
        (LayerSelection::Range(..), Some(ChoiceMode::Range)) => Some(ChoiceMode::Range),
        (LayerSelection::Range(..), _) => Some(ChoiceMode::This),
    }
}

fn selection_with(
    current: LayerSelection,
    mode: ChoiceMode,
    number: LayerNumber,
) -> LayerSelection {
    match (mode, current) {
        (ChoiceMode::UpTo, _) => LayerSelection::UpTo(number),
        (ChoiceMode::Range, LayerSelection::Range(first, last)) => {
            // Beyond an end, that end moves; between them, the nearer one.
            let before = number < first;
            let nearer_first =
                number <= last && number.get().abs_diff(first.get()) < last.get() - number.get();
            match before || nearer_first {
                true => LayerSelection::Range(number, last),
                false => LayerSelection::Range(first, number),
            }
        }
        _ => LayerSelection::one(number),
    }
}

/// How layers are chosen, from the context.
pub fn use_layer_choice() -> LayerChoice {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(current: &str, mode: ChoiceMode, number: u32) -> String {
        let current = LayerSelection::parse(current).unwrap();
        selection_with(current, mode, LayerNumber::new(number).unwrap()).to_string()
    }

    #[test]
    fn a_click_selects_by_mode() {
        use ChoiceMode::*;
        for (current, mode, number, want) in [
            ("", UpTo, 3, "..3"),
            ("2", UpTo, 3, "..3"),
            ("", This, 3, "3"),
            ("..5", This, 3, "3"),
            ("", Range, 3, "3"),
            ("3", Range, 5, "3..5"),
            ("3", Range, 1, "1..3"),
            ("2..6", Range, 8, "2..8"),
            ("2..6", Range, 1, "1..6"),
            ("2..6", Range, 3, "3..6"),
            ("2..6", Range, 5, "2..5"),
            ("2..6", Range, 4, "2..4"),
        ] {
            assert_eq!(after(current, mode, number), want, "{current} {mode:?} {number}");
        }
    }

    #[test]
    fn the_selection_tells_the_mode_where_it_can() {
        let mode = |selection, asked| mode_of(LayerSelection::parse(selection).unwrap(), asked);
        assert_eq!(mode("", None), None);
        assert_eq!(mode("", Some(ChoiceMode::UpTo)), Some(ChoiceMode::UpTo));
        assert_eq!(mode("..3", Some(ChoiceMode::Range)), Some(ChoiceMode::UpTo));
        assert_eq!(mode("2..3", Some(ChoiceMode::This)), Some(ChoiceMode::Range));
        assert_eq!(mode("2", None), Some(ChoiceMode::This));
        assert_eq!(mode("2", Some(ChoiceMode::Range)), Some(ChoiceMode::Range));
    }

    #[test]
    fn another_mode_converts_the_selection() {
        Owner::new().with(|| {
            let navigation = Navigation::fixed(crate::link::Link::parse("#/?layers=2..4"));
            let choice = LayerChoice::new(navigation);
            let layers = || navigation.layers().to_string();
            choice.choose_mode(ChoiceMode::UpTo);
            assert_eq!(layers(), "..4");
            choice.choose_mode(ChoiceMode::Range);
            assert_eq!(layers(), "1..4");
            choice.choose_mode(ChoiceMode::This);
            assert_eq!(layers(), "4");
            assert_eq!(choice.href(LayerNumber::FIRST), "#/?layers=1");
        });
    }
}
