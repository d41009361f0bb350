package io.nodejoin.service.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.EventRecorder;
import io.nodejoin.activities.kubernetes.KubeconfigClients;
import io.nodejoin.activities.kubernetes.VerifiedClusterClients;
import io.nodejoin.activities.kubernetes.csr.CsrDecisionListener;
import io.nodejoin.activities.kubernetes.csr.CsrEvents;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.csr.KubernetesServingActivities;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.service.config.ClusterConfig;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.health.ApiThrottling;
import io.nodejoin.service.metrics.ClusterGauges;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The clusters, for the roles that have credentials for them: worker and approver share clients and watches. */
record ClusterAccess(
        ClusterClients clients,
        KubernetesCertificateActivities certificates,
        KubernetesServingActivities serving,
        ClusterGauges gauges,
        ApiThrottling throttling,
        EventRecorder events,
        CsrDecisionListener csrEvents) {

    /** Creates it; each client connects on first use. */
    static ClusterAccess of(ProcessContext process) {
        ApiThrottling throttling = new ApiThrottling(process.nanoTime());
        ClusterClients clients = clients(process.config(), process.connections().meters(), throttling);
        EventRecorder events =
                new EventRecorder(clients, process.config().gateway().instance());
        CsrDecisionListener csrEvents = new CsrEvents(events, process.clock());
        return new ClusterAccess(
                clients,
                new KubernetesCertificateActivities(
                        clients,
                        process.audit(),
                        cluster -> process.count("nodejoin_foreign_key_csrs", "cluster", cluster.value()),
                        csrEvents),
                new KubernetesServingActivities(
                        clients,
                        process.audit(),
                        decision -> process.count("nodejoin_serving_certificates", "decision", decision),
                        csrEvents),
                new ClusterGauges(
                        process.config().clusters(),
                        process.connections().temporal().failFastClient(),
                        process.scheduler(),
                        process.connections().meters()),
                throttling,
                events,
                csrEvents);
    }

    private static ClusterClients clients(ServiceConfig config, MeterRegistry meters, ApiThrottling throttling) {
        Map<ClusterName, String> uids = new HashMap<>();
        config.clusters().forEach((name, cluster) -> {
            if (cluster.uid() != null) {
                uids.put(name, cluster.uid().toString());
            }
        });
        return new VerifiedClusterClients(
                new KubeconfigClients(
                        config.clusters().entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey,
                                        entry -> entry.getValue().kubeconfigFile())),
                        (cluster, status) -> {
                            meters.counter("nodejoin_api_responses", "cluster", cluster.value(), "status", status)
                                    .increment();
                            throttling.answered(cluster, status);
                        }),
                uids);
    }

    /** Returns why the cluster cannot be reached, or null. Calls it. */
    @Nullable String unreachableReason(ClusterName name, ClusterConfig cluster) {
        boolean found =
                clients.client(name).namespaces().withName("kube-system").get() != null;
        return found ? null : "kube-system does not exist; check " + cluster.kubeconfigFile();
    }

    Lifecycle.Part clientsPart() {
        return Lifecycle.Part.stopping("cluster clients", clients::close);
    }

    Lifecycle.Part watchesPart() {
        return Lifecycle.Part.stopping("CSR watches", () -> {
            certificates.close();
            serving.close();
            events.close();
        });
    }

    Lifecycle.Part gaugesPart() {
        return new Lifecycle.Part("cluster gauges", gauges::start, gauges::stop);
    }
}
