package io.nodejoin.testbed.config;

import java.util.Optional;

/**
 * What the command that raises a bed was asked for.
 *
 * @param number of a bed of one's own
 */
public record BedWish(
        String name,
        Optional<Integer> number,
        boolean local,
        boolean withoutTokenControllers,
        boolean withoutKubeProxy,
        boolean clusterApproves) {

    /**
     * The bed that is meant. Without any wish a bed that is there is taken as it is; else it must be as it is wished.
     *
     * @param raised the bed of this name that is there
     */
    public BedSettings settings(Optional<BedSettings> raised) {
        if (raised.isPresent() && wantsNothing()) {
            return raised.get();
        }
        BedSettings settings = number.map(given -> BedSettings.numbered(name, given))
                .orElseGet(() -> BedSettings.named(name))
                .withMode(local ? BedMode.LOCAL : BedMode.NAMESPACES)
                .withTokenControllers(!withoutTokenControllers)
                .withKubeProxy(!withoutKubeProxy && !local)
                .withClusterApproval(clusterApproves);
        raised.ifPresent(settings::requireSameAs);
        return settings;
    }

    private boolean wantsNothing() {
        return number.isEmpty() && !local && !withoutTokenControllers && !withoutKubeProxy && !clusterApproves;
    }
}
