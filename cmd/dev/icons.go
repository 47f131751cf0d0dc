package main

import (
	"bytes"
	"context"
	encoding "encoding/binary"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
)

// iconSizes are the sizes in pixels that desktops look for.
var iconSizes = []int{16, 24, 32, 48, 64, 128, 256}

// icons makes the program's icon in each size, from assets/icon.png, and the
// file that holds them all for Windows.
func (r *releaser) icons(context.Context) error {
	f, err := os.Open(filepath.Join(r.m.root, "assets", "icon.png"))
	if err != nil {
		return err
	}
	defer f.Close()
	whole, err := png.Decode(f)
	if err != nil {
		return err
	}
	var pictures [][]byte
	for _, size := range iconSizes {
		var b bytes.Buffer
		if err := png.Encode(&b, shrink(whole, size)); err != nil {
			return err
		}
		pictures = append(pictures, b.Bytes())
		if err := r.write(r.icon(size), b.Bytes()); err != nil {
			return err
		}
	}
	return r.write(r.icoFile(), ico(iconSizes, pictures))
}

func (r *releaser) icon(size int) string {
	return filepath.Join(r.work, "icons", strconv.Itoa(size)+".png")
}

func (r *releaser) icoFile() string { return filepath.Join(r.work, "icons", "openinterest.ico") }

// stageIcons lays the icons out as the icon theme of all desktops has them.
func (r *releaser) stageIcons(hicolor string) error {
	for _, size := range iconSizes {
		picture, err := os.ReadFile(r.icon(size))
		if err != nil {
			return err
		}
		folder := strconv.Itoa(size) + "x" + strconv.Itoa(size)
		if err := r.write(filepath.Join(hicolor, folder, "apps", appID+".png"), picture); err != nil {
			return err
		}
	}
	drawing, err := os.ReadFile(filepath.Join(r.m.root, "assets", "icon.svg"))
	if err != nil {
		return err
	}
	return r.write(filepath.Join(hicolor, "scalable", "apps", appID+".svg"), drawing)
}

// shrink makes a square picture smaller: each pixel is the mean of those it
// covers.
func shrink(whole image.Image, size int) image.Image {
	b := whole.Bounds()
	small := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			area := image.Rect(b.Dx()*x/size, b.Dy()*y/size, b.Dx()*(x+1)/size, b.Dy()*(y+1)/size).Add(b.Min)
			small.Set(x, y, mean(whole, area))
		}
	}
	return small
}

func mean(whole image.Image, area image.Rectangle) color.Color {
	var sum [4]uint64
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			r, g, b, a := whole.At(x, y).RGBA()
			for i, v := range []uint32{r, g, b, a} {
				sum[i] += uint64(v)
			}
		}
	}
	n := uint64(area.Dx() * area.Dy())
	return color.RGBA64{uint16(sum[0] / n), uint16(sum[1] / n), uint16(sum[2] / n), uint16(sum[3] / n)}
}

// ico writes the container of icons that Windows reads: a header, an entry for
// each picture, then the pictures as PNG (Windows Vista and later).
func ico(sizes []int, pictures [][]byte) []byte {
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = encoding.Write(&b, encoding.LittleEndian, v) // a buffer takes everything
		}
	}
	put(uint16(0), uint16(1), uint16(len(pictures)))
	offset := 6 + 16*len(pictures)
	for i, picture := range pictures {
		edge := uint8(sizes[i] % 256) // 0 says 256
		put(edge, edge, uint8(0), uint8(0), uint16(1), uint16(32), uint32(len(picture)), uint32(offset))
		offset += len(picture)
	}
	for _, picture := range pictures {
		b.Write(picture)
	}
	return b.Bytes()
}
