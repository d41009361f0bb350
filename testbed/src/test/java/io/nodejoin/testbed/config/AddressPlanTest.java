package io.nodejoin.testbed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AddressPlanTest {

    @Test
    void shouldGiveEveryBedPortsOfItsOwnInEitherMode() {
        // given
        List<AddressPlan> plans = IntStream.rangeClosed(0, 20)
                .mapToObj(number -> BedSettings.numbered("b" + number, number))
                .flatMap(settings -> Stream.of(settings.withMode(BedMode.LOCAL)))
                .map(AddressPlan::new)
                .toList();

        // when
        List<String> endpoints = plans.stream()
                .flatMap(plan -> Stream.of(
                        plan.apiServer(),
                        plan.etcd(),
                        plan.etcdPeer(),
                        plan.controllerManager(),
                        plan.scheduler(),
                        plan.kafka(),
                        plan.kafkaController(),
                        plan.kafkaBehindLink(),
                        plan.linkControl(),
                        plan.kafkaLink(),
                        plan.temporalLink(),
                        plan.apiServerLink(),
                        plan.gatewayLink(),
                        plan.temporal(),
                        plan.temporalUi(),
                        plan.temporalMetrics(),
                        plan.gateway(),
                        plan.admin()))
                .map(AddressPlan.Endpoint::toString)
                .toList();

        // then
        assertThat(endpoints).doesNotHaveDuplicates();
    }

    @Test
    void shouldGiveEveryBedASubnetOfItsOwn() {
        // given
        AddressPlan main = new AddressPlan(BedSettings.named("main"));
        AddressPlan demo = new AddressPlan(BedSettings.named("demo"));

        // when
        String mainServer = main.apiServer().toString();
        String demoServer = demo.apiServer().toString();

        // then
        assertThat(mainServer).isEqualTo("10.77.0.1:6443");
        assertThat(demoServer).isEqualTo("10.77.1.1:6443");
    }

    @Test
    void shouldNameLinksWithinFifteenCharacters() {
        // given
        AddressPlan plan = new AddressPlan(BedSettings.numbered("longname", 20));

        // when
        List<String> links = List.of(plan.hostLink(AddressPlan.LAST_HOST), plan.rootLink());

        // then
        assertThat(links).allSatisfy(link -> assertThat(link).hasSizeLessThanOrEqualTo(15));
    }

    @Test
    void shouldKeepTheGatewayReachableFromHosts() {
        // given
        AddressPlan plan = new AddressPlan(BedSettings.named("e2e"));

        // when
        AddressPlan.Endpoint gateway = plan.gateway();

        // then
        assertThat(gateway).hasToString("10.77.2.254:18463");
    }

    @Test
    void shouldRefuseAHostNumberThatIsTaken() {
        // given
        AddressPlan plan = new AddressPlan(BedSettings.named("main"));

        // when
        // then
        assertThatThrownBy(() -> plan.hostAddress(254)).isInstanceOf(IllegalArgumentException.class);
    }
}
