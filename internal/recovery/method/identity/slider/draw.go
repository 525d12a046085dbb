package slider

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/wenlng/go-captcha/v2/slide"
)

// quality keeps a picture below some 10 KB; its edges stay clear.
const quality = 72

// drawPuzzle cuts a piece out of a scene. The library lays the pictures over each other; where the gap is was drawn by us, as
// the library's own numbers could be guessed.
func drawPuzzle(x, y, number, form int) (picture, piece string, err error) {
	c, canvas := cuts()[form], slide.NewDrawImage()
	whole, clean, err := canvas.DrawWithNRGBA(&slide.DrawImageParams{Width: Width, Height: Height, Background: scene[number](),
		CaptchaDrawBlocks: []*slide.DrawBlock{{X: x, Y: y, Width: Tile, Height: Tile, Image: c.gap}}})
	if err != nil {
		return "", "", fmt.Errorf("picture: %w", err)
	}
	part, err := canvas.DrawWithTemplate(&slide.DrawTplImageParams{Width: Tile, Height: Tile, Background: clean, MaskImage: c.mask,
		CaptchaDrawBlock: &slide.DrawBlock{X: x, Y: y, Width: Tile, Height: Tile, Image: c.edge}})
	if err != nil {
		return "", "", fmt.Errorf("piece: %w", err)
	}
	if picture, err = uri("image/jpeg", whole); err != nil {
		return "", "", err
	}
	piece, err = uri("image/png", part)
	return picture, piece, err
}

// uri is a picture as a page carries it.
func uri(kind string, m image.Image) (string, error) {
	var out bytes.Buffer
	var err error
	if kind == "image/png" {
		err = png.Encode(&out, m)
	} else {
		plain := image.NewRGBA(m.Bounds()) // what the encoder is quick with
		draw.Draw(plain, plain.Bounds(), m, image.Point{}, draw.Src)
		err = jpeg.Encode(&out, plain, &jpeg.Options{Quality: quality})
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", kind, err)
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(out.Bytes()), nil
}
