package io.nodejoin.testbed.links;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import java.util.Locale;

/** A connection between a client and a server. */
public enum Link {
    /** From the service to the broker. */
    KAFKA,
    /** From the service to Temporal. */
    TEMPORAL,
    /** From the service to the API server. */
    API_SERVER,
    /** From the agents to the service. */
    GATEWAY;

    /** In lower-case letters and hyphens. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Where those connect who go over it. */
    Endpoint listenAddress(AddressPlan plan) {
        return switch (this) {
            case KAFKA -> plan.kafkaLink();
            case TEMPORAL -> plan.temporalLink();
            case API_SERVER -> plan.apiServerLink();
            case GATEWAY -> plan.gatewayLink();
        };
    }

    /** Where it leads. */
    Endpoint upstreamAddress(AddressPlan plan) {
        return switch (this) {
            case KAFKA -> plan.kafkaBehindLink();
            case TEMPORAL -> plan.temporal();
            case API_SERVER -> plan.apiServer();
            case GATEWAY -> plan.gateway();
        };
    }
}
