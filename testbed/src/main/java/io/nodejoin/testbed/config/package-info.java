/** What a bed is asked to be, and the addresses, ports and directories that follow from it. */
@NullMarked
package io.nodejoin.testbed.config;

import org.jspecify.annotations.NullMarked;
