package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PoolName;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An inventory vouches for a machine that waits in a pool until a join takes it. The same offer again changes nothing;
 * one with another secret gives a machine that is not bound another chance.
 *
 * @param cluster the cluster whose joins may take the machine
 * @param pool the pool that the machine's agent names
 * @param machine the machine's name in the pool
 * @param enrollment lower-case hex SHA-256 of the enrollment secret that the inventory also put on the machine
 * @param labels labels by which a join may choose the machine, and which its Node gets, such as zone and instance type
 * @param endorsementKey as in {@link RequestedMachine}
 * @param systemUuid as in {@link RequestedMachine}
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MachineOffered(
        ClusterName cluster,
        PoolName pool,
        MachineId machine,
        String enrollment,
        Map<String, String> labels,
        @Nullable String endorsementKey,
        @Nullable String systemUuid)
        implements LifecycleEvent.MachineRequest {

    @SuppressWarnings("ConstantValue") // an absent member is null after JSON parsing
    public MachineOffered {
        labels = labels == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
