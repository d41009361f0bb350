/** What strangers may send: a corpus of hostile texts, and mutations of good bytes. Other modules' tests use it as well. */
@NullMarked
package io.nodejoin.protocol.hostile;

import org.jspecify.annotations.NullMarked;
