/** The demo: three machines join a real cluster, one of them fails, and nothing is left over. */
@NullMarked
package io.nodejoin.testbed.demo;

import org.jspecify.annotations.NullMarked;
