package web

// HarmlessCell is what keeps a cell from being a formula.
var HarmlessCell = harmlessCell
