package io.nodejoin.testbed.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.containers.TemporalContainer.SearchAttributeType;
import io.nodejoin.testbed.http.HttpProbe;
import io.nodejoin.testbed.provision.ContainerImage;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.net.URI;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("real")
@ExtendWith(EngineExtension.class)
class TemporalContainerIT {
    private final ContainerEngine engine;

    TemporalContainerIT(ContainerEngine engine) {
        this.engine = engine;
    }

    @Test
    void shouldServeItsNamespacesAndSearchAttributesOnceItIsStarted() {
        // given
        try (TemporalContainer temporal = new TemporalContainer(engine.image(ContainerImage.TEMPORAL))
                .withNamespace("orders")
                .withSearchAttribute("Customer", SearchAttributeType.KEYWORD)
                .withDynamicConfig("frontend.namespaceRPS", "500")) {

            // when
            temporal.start();

            // then
            assertThat(HttpProbe.plain().answersOk(URI.create(temporal.getUiUrl())))
                    .isTrue();
            WorkflowServiceStubs client = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                    .setTarget(temporal.getTarget())
                    .build());
            for (String namespace : new String[] {TemporalContainer.DEFAULT_NAMESPACE, "orders"}) {
                assertThat(client.blockingStub()
                                .describeNamespace(DescribeNamespaceRequest.newBuilder()
                                        .setNamespace(namespace)
                                        .build())
                                .getNamespaceInfo()
                                .getName())
                        .isEqualTo(namespace);
                // A search by an attribute that the namespace does not have is refused.
                assertThat(client.blockingStub()
                                .listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
                                        .setNamespace(namespace)
                                        .setQuery("Customer = 'nobody'")
                                        .build())
                                .getExecutionsCount())
                        .isZero();
            }
            client.shutdownNow();
        }
    }
}
