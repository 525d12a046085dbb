// Package arch holds no code. Its test reads every import of the module and fails where one goes against the direction
// that doc/design.md draws: a rule that nobody checks is a wish.
package arch
