/** Bootstrap tokens as Secrets in kube-system, and their ledger. */
@NullMarked
package io.nodejoin.activities.kubernetes.token;

import org.jspecify.annotations.NullMarked;
