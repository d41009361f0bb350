/** Network namespaces, bridges and veth pairs, by the ip command. */
@NullMarked
package io.nodejoin.testbed.net;

import org.jspecify.annotations.NullMarked;
