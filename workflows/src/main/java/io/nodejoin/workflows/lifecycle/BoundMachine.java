package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.event.MachineOffered;
import java.util.List;

/**
 * The machine that a join has got from its pool.
 *
 * @param addresses as the machine says
 */
public record BoundMachine(MachineOffered offer, List<String> addresses) {
    public BoundMachine {
        addresses = List.copyOf(addresses);
    }
}
