package io.nodejoin.testbed.simulated;

import io.nodejoin.protocol.NodeName;

/**
 * The identity of a simulated host.
 *
 * @param machineId as in {@code /etc/machine-id}, 32 hex digits
 * @param systemUuid as the firmware would report it
 * @param kubeletVersion as {@code kubelet --version} prints it, for example {@code v1.37.2}
 * @param nodeIp the address of the Node
 */
public record HostIdentity(NodeName node, String machineId, String systemUuid, String kubeletVersion, String nodeIp) {}
