//! Pictures made smaller: thumbnails for the thread, JPEG below 5 MB for a CRM.
//!
//! Decoding is where a hostile file does harm, so it is bounded: sides, pixels and memory are known from the header
//! before anything is unpacked, and few pictures are worked on at once.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use std::io::Cursor;
use std::path::Path;

/// Longest side that is decoded, in pixels.
const LONGEST_SIDE: u32 = 20_000;
/// Most pixels that are decoded; a phone's picture has up to 50 million.
const MOST_PIXELS: u64 = 64_000_000;
/// Most memory a decoded picture may take, bytes.
const MOST_BYTES: u64 = 256 << 20;
/// Longest side of a thumbnail, in pixels: twice what the thread shows, for sharp screens.
const THUMBNAIL: u32 = 640;
/// A file for a CRM stays below this, in bytes.
pub const CRM_BYTES: usize = 5_000_000;
/// Qualities that are tried before a picture is made smaller.
const QUALITIES: [u8; 4] = [88, 80, 70, 58];

/// Why nothing could be made of a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPicture {
    /// It has more pixels than are unpacked here.
    #[error("the picture has {0} x {1} pixels, more than are unpacked here")]
    TooLarge(u32, u32),
    /// It is damaged, or of a kind that is not read here.
    #[error("the picture cannot be read: {0}")]
    Unreadable(String),
}

fn unreadable(error: impl std::fmt::Display) -> NoPicture {
    NoPicture::Unreadable(error.to_string())
}

/// Reads a picture, upright.
fn decode(file: &Path) -> Result<DynamicImage, NoPicture> {
    let mut reader = ImageReader::open(file).and_then(ImageReader::with_guessed_format).map_err(unreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_BYTES {
        return Err(NoPicture::TooLarge(width, height));
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// A small copy: PNG where there is transparency, JPEG otherwise.
///
/// # Errors
/// [`NoPicture`].
pub fn thumbnail(file: &Path) -> Result<Vec<u8>, NoPicture> {
    let picture = decode(file)?;
    let small = if picture.width().max(picture.height()) > THUMBNAIL {
        picture.thumbnail(THUMBNAIL, THUMBNAIL)
    } else {
        picture
    };
    let mut out = Vec::new();
    if see_through(&small) {
        let rgba = DynamicImage::ImageRgba8(small.into_rgba8());
        rgba.write_to(&mut Cursor::new(&mut out), image::ImageFormat::Png).map_err(unreadable)?;
        return Ok(out);
    }
    jpeg(&small.into_rgb8(), 78)
}

/// A JPEG of fewer than [`CRM_BYTES`]: first with less quality, then with fewer pixels.
///
/// # Errors
/// [`NoPicture`].
pub fn for_crm(file: &Path) -> Result<Vec<u8>, NoPicture> {
    let mut picture = on_white(decode(file)?);
    loop {
        for quality in QUALITIES {
            let out = jpeg(&picture, quality)?;
            if out.len() < CRM_BYTES {
                return Ok(out);
            }
        }
        let smaller = |side: u32| (side / 4 * 3).max(1);
        let (width, height) = (smaller(picture.width()), smaller(picture.height()));
        picture = image::imageops::thumbnail(&picture, width, height);
    }
}

/// Whether some of it is not opaque.
fn see_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

/// JPEG knows no transparency: what shines through becomes white, as it is on paper.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let mix = |part: u8| {
            let whole = u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from(whole / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([mix(red), mix(green), mix(blue)])
    })
}

fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, NoPicture> {
    // JPEG has no larger sides than this; they cannot occur below LONGEST_SIDE.
    let mut out = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).map_err(unreadable)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GenericImageView, ImageFormat, Rgba, RgbaImage};
    use std::path::PathBuf;

    fn kept(folder: &Path, picture: &DynamicImage, format: ImageFormat) -> PathBuf {
        let place = folder.join("picture");
        picture.save_with_format(&place, format).unwrap();
        place
    }

    #[test]
    fn thumbnails_are_small_and_keep_transparency() {
        let folder = tempfile::tempdir().unwrap();
        let wide = DynamicImage::ImageRgb8(RgbImage::from_pixel(1_600, 400, image::Rgb([200, 30, 30])));
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let small = thumbnail(&kept(folder.path(), &wide, format)).unwrap();
            assert_eq!(image::guess_format(&small).unwrap(), ImageFormat::Jpeg, "{format:?}");
            assert_eq!(image::load_from_memory(&small).unwrap().dimensions(), (640, 160));
        }
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(64, 64, Rgba([0, 0, 0, 0])));
        let small = thumbnail(&kept(folder.path(), &clear, ImageFormat::WebP)).unwrap();
        assert_eq!(image::guess_format(&small).unwrap(), ImageFormat::Png);
        assert_eq!(image::load_from_memory(&small).unwrap().dimensions(), (64, 64));
    }

    #[test]
    fn a_crm_gets_jpeg_below_five_megabytes() {
        let folder = tempfile::tempdir().unwrap();
        // Noise is the worst case: nothing of it can be compressed away.
        let mut seed = 1_u32;
        let noise = RgbaImage::from_fn(3_000, 2_400, |_, _| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [_, red, green, blue] = seed.to_be_bytes();
            Rgba([red, green, blue, 255])
        });
        let place = kept(folder.path(), &DynamicImage::ImageRgba8(noise), ImageFormat::Png);
        assert!(std::fs::metadata(&place).unwrap().len() > 10_000_000);
        let out = for_crm(&place).unwrap();
        assert!(out.len() < CRM_BYTES, "{}", out.len());
        assert_eq!(image::guess_format(&out).unwrap(), ImageFormat::Jpeg);
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0])));
        let white = image::load_from_memory(&for_crm(&kept(folder.path(), &clear, ImageFormat::Png)).unwrap());
        assert_eq!(white.unwrap().to_rgb8().get_pixel(4, 4).0, [255, 255, 255]);
    }

    /// A PNG of a few bytes that says it is enormous.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let mut small = Vec::new();
        RgbImage::new(1, 1).write_to(&mut Cursor::new(&mut small), ImageFormat::Png).unwrap();
        small[16..20].copy_from_slice(&width.to_be_bytes());
        small[20..24].copy_from_slice(&height.to_be_bytes());
        let mut crc = 0xFFFF_FFFF_u32;
        for byte in &small[12..29] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            }
        }
        small[29..33].copy_from_slice(&(!crc).to_be_bytes());
        small
    }

    #[test]
    fn bombs_are_refused_by_their_header() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("bomb");
        std::fs::write(&place, bomb(19_000, 19_000)).unwrap();
        assert_eq!(thumbnail(&place).unwrap_err(), NoPicture::TooLarge(19_000, 19_000));
        std::fs::write(&place, bomb(4_000_000_000, 2)).unwrap();
        assert!(matches!(for_crm(&place), Err(NoPicture::Unreadable(_))));
        std::fs::write(&place, b"\x89PNG\r\n\x1a\n and no more").unwrap();
        assert!(matches!(thumbnail(&place), Err(NoPicture::Unreadable(_))));
    }
}
