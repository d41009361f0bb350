package io.nodejoin.testbed;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.temporal.TemporalServer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The environment variables that lead to the parts of a bed. */
record BedEnvironment(BedSettings settings, AddressPlan plan, BedDirectories directories) {

    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("KUBECONFIG", directories.adminKubeconfig().toString());
        variables.put("KAFKA_BOOTSTRAP_SERVERS", plan.kafka().toString());
        variables.put("TEMPORAL_ADDRESS", plan.temporal().toString());
        variables.put("TEMPORAL_NAMESPACE", TemporalServer.NAMESPACE);
        variables.put("TEMPORAL_UI", "http://" + plan.temporalUi());
        variables.put("NODEJOIN_BED", settings.name());
        variables.put("NODEJOIN_STATE", directories.root().toString());
        variables.put("NODEJOIN_API_SERVER", "https://" + plan.apiServer());
        variables.put("NODEJOIN_GATEWAY", "https://" + plan.gateway());
        variables.put("NODEJOIN_DASHBOARD", "http://" + plan.admin());
        variables.put("NODEJOIN_CONFIG", directories.serviceConfig().toString());
        variables.put(
                "NODEJOIN_SERVICE_PID_FILE",
                directories.run().resolve("service.pid").toString());
        if (plan.inNamespaces()) {
            variables.put("NODEJOIN_NETNS", plan.controlPlaneNamespace());
        }
        return variables;
    }
}
