/** The settings of a bed, and the addresses, ports and directories derived from them. */
@NullMarked
package io.nodejoin.testbed.config;

import org.jspecify.annotations.NullMarked;
