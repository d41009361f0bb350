/** The program: the command line of the client with serve and config. */
@NullMarked
package io.nodejoin.service.main;

import org.jspecify.annotations.NullMarked;
