//! In which form a content is shown: as text, as a picture, in hexadecimal, or as differences.

use super::versions::BELOW;
use crate::pictures::PictureForm;
use crate::ui::app::use_navigation;
use crate::ui::widgets::{Segment, Segments};
use leptos::prelude::*;

/// How the content is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentForm {
    Text,
    Picture,
    Hexadecimal,
    /// What differs from another version: the link says from which.
    Differences,
}

/// The form in which a content is shown: what was chosen, where it has that form. A picture is shown as one, except an
/// SVG, which is text first.
pub fn form_shown(
    chosen: Option<ContentForm>,
    is_text: Option<bool>,
    picture: Option<PictureForm>,
) -> ContentForm {
    match (chosen, is_text, picture) {
        (_, None, _) => ContentForm::Text, // nothing has come
        (Some(ContentForm::Hexadecimal), ..) => ContentForm::Hexadecimal,
        (Some(ContentForm::Picture), _, Some(_)) | (_, Some(false), Some(_)) => {
            ContentForm::Picture
        }
        (_, Some(true), _) => ContentForm::Text,
        (_, Some(false), None) => ContentForm::Hexadecimal,
    }
}

/// The forms that a content has, and the one that is shown.
#[derive(Clone, Copy)]
pub struct ShownForms {
    pub form: Memo<ContentForm>,
    /// `None` until something has come, and of an empty file.
    pub is_text: Memo<Option<bool>>,
    pub picture: Memo<Option<PictureForm>>,
    pub can_compare: Memo<bool>,
    /// The differences are shown.
    pub compares: Memo<bool>,
}

impl ShownForms {
    /// The forms to choose from; tracked.
    fn choices(self) -> Vec<Segment<ContentForm>> {
        let choices = [
            (self.is_text.get() == Some(true), ContentForm::Text, "Text"),
            (self.picture.get().is_some(), ContentForm::Picture, "Picture"),
            (self.is_text.get().is_some(), ContentForm::Hexadecimal, "Hex"),
            (self.can_compare.get(), ContentForm::Differences, "Differences"),
        ];
        let choices = choices.into_iter().filter(|(has, ..)| *has);
        choices.map(|(_, form, name)| Segment::new(form, name)).collect()
    }
}

/// The forms, where there is a choice.
#[component]
pub fn FormChoice(shown: ShownForms, chosen: RwSignal<Option<ContentForm>>) -> AnyView {
    let navigation = use_navigation();
    let choose = move |form: ContentForm| match form {
        ContentForm::Differences => navigation.go(|link| link.diff = BELOW.to_owned()),
        form => {
            chosen.set(Some(form));
            navigation.go(|link| link.diff.clear());
        }
    };
    let ShownForms { form, compares, .. } = shown;
    let pressed = move |choice: &ContentForm| match compares.get() {
        true => *choice == ContentForm::Differences,
        false => *choice == form.get(),
    };
    let drawn = move || match &shown.choices()[..] {
        [] => None,
        [only] if only.value == ContentForm::Hexadecimal => {
            Some(view! { <span class="soft">"Hexadecimal"</span> }.into_any())
        }
        choices => {
            let choices = choices.to_vec();
            Some(view! { <Segments label="Show as" choices pressed on_choose=choose /> }.into_any())
        }
    };
    view! { {drawn} }.into_any()
}

#[test]
fn a_content_is_shown_in_the_form_that_was_chosen_and_that_it_has() {
    use ContentForm::{Hexadecimal, Picture as Drawn, Text};
    let png = Some(PictureForm::Png);
    let svg = Some(PictureForm::Svg);
    for (chosen, is_text, picture, want) in [
        (None, None, None, Text),
        (None, Some(true), None, Text),
        (None, Some(false), None, Hexadecimal),
        (None, Some(false), png, Drawn),
        (Some(Hexadecimal), Some(false), png, Hexadecimal),
        (Some(Drawn), Some(false), None, Hexadecimal),
        (None, Some(true), svg, Text),
        (Some(Drawn), Some(true), svg, Drawn),
        (Some(Drawn), Some(true), None, Text),
        (Some(Text), Some(false), png, Drawn),
    ] {
        let got = form_shown(chosen, is_text, picture);
        assert_eq!(got, want, "{chosen:?} {is_text:?} {picture:?}");
    }
}
