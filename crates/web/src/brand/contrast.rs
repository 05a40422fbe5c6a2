//! Whether a colour can be read on our pages, by the rule of WCAG 2.2, and what to take instead.

use engine::brand::Colour;

/// Text against what it lies on.
pub const READABLE: f64 = 4.5;
/// So many steps to the nearest colour that can be read.
const STEPS: u8 = 64;

/// What a shop's colour lies on, in light or in dark: the names are those of the style sheet.
#[derive(Debug, PartialEq, Eq)]
pub struct Theme {
    pub ground: Colour,
    pub sheet: Colour,
    sunk: Colour,
    /// Text on the colour itself.
    pub on: Colour,
    /// Where a colour goes to be read better.
    towards: Colour,
    /// How much of it is in its wash, and how far it moves under the pointer, in hundredths.
    wash: u16,
    over: u16,
}

const fn rgb(red: u8, green: u8, blue: u8) -> Colour {
    Colour([red, green, blue])
}

pub const LIGHT: Theme = Theme {
    ground: rgb(0xf3, 0xf6, 0xf5),
    sheet: rgb(0xff, 0xff, 0xff),
    sunk: rgb(0xe9, 0xef, 0xed),
    on: rgb(0xff, 0xff, 0xff),
    towards: rgb(0, 0, 0),
    wash: 12,
    over: 22,
};

pub const DARK: Theme = Theme {
    ground: rgb(0x0c, 0x14, 0x18),
    sheet: rgb(0x14, 0x20, 0x27),
    sunk: rgb(0x0a, 0x11, 0x15),
    on: rgb(0x0c, 0x14, 0x18),
    towards: rgb(0xff, 0xff, 0xff),
    wash: 16,
    over: 30,
};

impl Theme {
    /// The colour's pale self, for what it stands behind.
    pub fn wash(&self, colour: Colour) -> Colour {
        mixed(self.sheet, colour, self.wash, 100)
    }

    /// The colour under the pointer.
    pub fn over(&self, colour: Colour) -> Colour {
        mixed(colour, self.towards, self.over, 100)
    }

    /// How well a colour is read where it is read worst.
    pub fn contrast(&self, colour: Colour) -> f64 {
        let under = [self.ground, self.sheet, self.sunk, self.wash(colour), self.on];
        under.map(|under| contrast(colour, under)).into_iter().fold(f64::INFINITY, f64::min)
    }

    pub fn can_read(&self, colour: Colour) -> bool {
        self.contrast(colour) >= READABLE
    }

    /// The nearest colour of its kind that can be read.
    pub fn nearest(&self, colour: Colour) -> Colour {
        let steps = (0..=STEPS).map(|step| mixed(colour, self.towards, step.into(), STEPS.into()));
        steps.into_iter().find(|one| self.can_read(*one)).unwrap_or(self.towards)
    }
}

/// So many parts of `whole` on the way from one colour to another.
fn mixed(from: Colour, to: Colour, parts: u16, whole: u16) -> Colour {
    let mut mixed = from;
    for (one, other) in mixed.0.iter_mut().zip(to.0) {
        let sum = u16::from(*one) * (whole - parts) + u16::from(other) * parts;
        *one = u8::try_from((sum + whole / 2) / whole).unwrap_or(u8::MAX);
    }
    mixed
}

fn luminance(Colour(parts): Colour) -> f64 {
    let [red, green, blue] = parts.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.212_6 * red + 0.715_2 * green + 0.072_2 * blue
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn contrast_is_as_the_standard_counts_it() {
        assert!((contrast(colour("#000000"), colour("#ffffff")) - 21.0).abs() < 0.001);
        assert!((contrast(colour("#777777"), colour("#ffffff")) - 4.478).abs() < 0.001);
        assert!((contrast(colour("#0a6570"), colour("#0a6570")) - 1.0).abs() < 0.001);
    }

    #[test]
    fn the_grounds_are_those_of_the_style_sheet() {
        let css = include_str!("../../static/berth.css");
        let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
        for (css, theme, own) in [(light, LIGHT, "#0a6570"), (dark, DARK, "#5ccbd1")] {
            let said = |name: &str| colour(&css.split_once(&format!("{name}: ")).unwrap().1[..7]);
            assert_eq!(said("--ground"), theme.ground);
            assert_eq!(said("--sheet"), theme.sheet);
            assert_eq!(said("--sunk"), theme.sunk);
            assert!(said("--sea") == colour(own) && theme.can_read(colour(own)), "{own}");
        }
    }

    #[test]
    fn whatever_is_chosen_there_is_one_near_it_that_can_be_read() {
        for text in ["#ff9900", "#ffffff", "#000000", "#808080", "#00ff00", "#0000ff", "#5ccbd1"] {
            for theme in [LIGHT, DARK] {
                let near = theme.nearest(colour(text));
                assert!(theme.can_read(near), "{text} {near:?} {theme:?}");
                assert!(theme.contrast(theme.over(near)) >= theme.contrast(near) - 0.3, "{text}");
                if theme.can_read(colour(text)) {
                    assert_eq!(near, colour(text));
                }
            }
        }
        assert!(!LIGHT.can_read(colour("#ff9900")) && !DARK.can_read(colour("#0000ff")));
    }
}
