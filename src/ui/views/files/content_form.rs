//! In which form a content is shown: as text, as a picture, in hexadecimal, or as differences.

use super::picture::DrawablePicture;
use super::versions::BELOW;
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
    picture: Option<DrawablePicture>,
) -> ContentForm {
    let at_once = picture.is_some_and(|picture| picture.at_once);
    match (chosen, is_text, picture) {
        (_, None, _) => ContentForm::Text, // nothing has come
        (Some(ContentForm::Hexadecimal), ..) => ContentForm::Hexadecimal,
        (Some(ContentForm::Picture), _, Some(_)) => ContentForm::Picture,
        (_, Some(true), _) => ContentForm::Text,
        (_, Some(false), _) if at_once => ContentForm::Picture,
        (_, Some(false), _) => ContentForm::Hexadecimal,
    }
}

/// The forms that a content has, and the one that is shown.
#[derive(Clone, Copy)]
pub struct ShownForms {
    pub form: Memo<ContentForm>,
    /// `None` until something has come, and of an empty file.
    pub is_text: Memo<Option<bool>>,
    pub picture: Memo<Option<DrawablePicture>>,
    pub can_compare: Memo<bool>,
    /// The differences are shown.
    pub compares: Memo<bool>,
}

impl ShownForms {
    /// The forms to choose from; tracked.
    fn choices(self) -> Vec<Segment<ContentForm>> {
        let choices = [
            // An empty file is text, too: there is a way back from its differences.
            (self.is_text.get().unwrap_or(self.can_compare.get()), ContentForm::Text, "Text"),
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
    use crate::pictures::PictureForm;
    use ContentForm::{Hexadecimal, Picture as Drawn, Text};
    let drawn = |at_once| Some(DrawablePicture { form: PictureForm::Png, at_once });
    let (png, moving) = (drawn(true), drawn(false));
    for (chosen, is_text, picture, want) in [
        (None, None, None, Text),
        (None, Some(true), None, Text),
        (None, Some(false), None, Hexadecimal),
        (None, Some(false), png, Drawn),
        (Some(Hexadecimal), Some(false), png, Hexadecimal),
        (Some(Drawn), Some(false), None, Hexadecimal),
        (None, Some(true), moving, Text),
        (None, Some(false), moving, Hexadecimal),
        (Some(Drawn), Some(false), moving, Drawn),
        (Some(Drawn), Some(true), moving, Drawn),
        (Some(Drawn), Some(true), None, Text),
        (Some(Text), Some(false), png, Drawn),
    ] {
        let got = form_shown(chosen, is_text, picture);
        assert_eq!(got, want, "{chosen:?} {is_text:?} {picture:?}");
    }
}

#[test]
fn an_empty_file_with_versions_has_a_way_back_from_their_differences() {
    Owner::new().with(|| {
        let shown = ShownForms {
            form: Memo::new(|_| ContentForm::Text),
            is_text: Memo::new(|_| None),
            picture: Memo::new(|_| None),
            can_compare: Memo::new(|_| true),
            compares: Memo::new(|_| true),
        };
        let names: Vec<_> = shown.choices().into_iter().map(|choice| choice.label).collect();
        assert_eq!(names, ["Text", "Differences"]);
    });
}
