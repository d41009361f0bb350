package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiRequestsTest {
    private static final String METRICS = """
            # HELP apiserver_request_total [STABLE] Counter of apiserver requests
            apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="nodes",scope="resource",subresource="status",verb="PATCH",version="v1"} 12
            apiserver_request_total{code="409",component="apiserver",dry_run="",group="",resource="nodes",scope="resource",subresource="status",verb="PATCH",version="v1"} 3
            apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"} 1.5e+01
            apiserver_request_terminations_total{code="429",resource="nodes",verb="PATCH"} 7
            """;

    @Test
    void shouldAddUpAnswersOfTheSameKind() {
        // when
        ApiRequests requests = ApiRequests.parse(METRICS);

        // then
        assertThat(requests.byKind()).isEqualTo(Map.of("PATCH nodes/status", 15.0, "GET configmaps", 15.0));
        assertThat(requests.total()).isEqualTo(30);
    }

    @Test
    void shouldTellWhatCameInBetween() {
        // given
        ApiRequests before = new ApiRequests(Map.of("GET nodes", 5.0));
        ApiRequests after = new ApiRequests(Map.of("GET nodes", 8.0, "POST secrets", 4.0));

        // when
        ApiRequests each = after.minus(before).times(0.5);

        // then
        assertThat(each.byKind()).isEqualTo(Map.of("GET nodes", 1.5, "POST secrets", 2.0));
        assertThat(each.mostFrequent(1)).isEqualTo("2.0 POST secrets, 1.5 GET nodes");
    }
}
