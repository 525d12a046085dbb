package main

type galleryCommand struct {
	settings `embed:""`
}

func (*galleryCommand) Run() error { return nil }
