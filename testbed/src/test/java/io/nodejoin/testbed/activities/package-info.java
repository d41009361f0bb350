/** The adapters against a real Kubernetes control plane. */
@NullMarked
package io.nodejoin.testbed.activities;

import org.jspecify.annotations.NullMarked;
