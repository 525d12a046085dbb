package content

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
)

// Overlay lays one tree over another: a file of the upper one hides the file of the same name below it.
func Overlay(upper, lower fs.FS) fs.FS { return overlay{upper, lower} }

// Replaces says whether a tree, laid over another, changes more of it than who the operator is: then what was checked of the
// other says nothing of both together. A folder that both have counts as changed.
func Replaces(upper, lower fs.FS) bool {
	entries, err := fs.ReadDir(upper, ".")
	return err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		_, err := fs.Stat(lower, e.Name())
		return e.Name() != operatorFile && !errors.Is(err, fs.ErrNotExist)
	})
}

type overlay struct{ upper, lower fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.upper.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.lower.Open(name)
	}
	return f, err
}

func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	upper, errUpper := fs.ReadDir(o.upper, name)
	lower, errLower := fs.ReadDir(o.lower, name)
	if errUpper != nil && errLower != nil {
		return nil, errLower
	}
	entries := upper
	for _, e := range lower {
		if !slices.ContainsFunc(upper, func(u fs.DirEntry) bool { return u.Name() == e.Name() }) {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, nil
}
