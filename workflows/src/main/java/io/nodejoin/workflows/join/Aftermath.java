package io.nodejoin.workflows.join;

import java.util.List;

/**
 * What is left of an attempt that was taken back.
 *
 * @param residue what could not be taken back, a line each
 * @param hostInDoubt whether some of that lies on the host, or may
 */
record Aftermath(List<String> residue, boolean hostInDoubt) {
    Aftermath {
        residue = List.copyOf(residue);
    }
}
