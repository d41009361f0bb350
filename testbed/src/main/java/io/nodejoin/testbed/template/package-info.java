/** Text files of this build, with places to fill in. */
@NullMarked
package io.nodejoin.testbed.template;

import org.jspecify.annotations.NullMarked;
