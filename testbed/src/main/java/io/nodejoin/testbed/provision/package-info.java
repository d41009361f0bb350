/** Prerequisites of a bed: packages, built binaries, the hosts' root file system, all cached. */
@NullMarked
package io.nodejoin.testbed.provision;

import org.jspecify.annotations.NullMarked;
