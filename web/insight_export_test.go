package web

// Spreadsheet writes a table as a file.
var Spreadsheet = spreadsheet
