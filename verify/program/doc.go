// Package program owns session-api as the rigs of this module use it: built from
// the checkout, started with variables on a free port, and stopped in good order.
// What is asked of it there, and of the backend behind it, is each rig's own.
package program
