package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.Phase;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.FailPoint;
import io.nodejoin.testbed.faults.Marker;
import io.nodejoin.testbed.service.NodejoinService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * kill -9 of the service at every step of a join. Each life of the service ends at one step of one join; the joins of the lives
 * before are healing beside it, so each life also has its innocents.
 */
final class ServiceKills implements Experiment {
    private static final Duration FIRES = Duration.ofSeconds(60);
    private static final Duration ENDS = Duration.ofMinutes(3);

    @Override
    public String name() {
        return "service kills";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        List<Cell> cells = Cell.all(scale);
        List<Going> joins = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        int deaths = 0;
        for (int i = 0; i < cells.size(); i++) {
            Life life = live(bed, cells.get(i), i);
            joins.add(life.join());
            if (life.died()) {
                deaths++;
            } else {
                failures.add("the service was never at " + cells.get(i) + ", or did not die there");
            }
        }
        bed.serve();
        failures.addAll(bed.finish(joins, ENDS));
        return new Findings(name(), Map.of("cells", cells.size(), "deaths", deaths, "joins", joins.size()), failures);
    }

    private record Life(Going join, boolean died) {}

    private static Life live(ChaosBed bed, Cell cell, int number) {
        NodejoinService service = bed.parts().service();
        String node = String.format(Locale.ROOT, "k%02d-%s", number, Steps.inANodeName(cell.step()));
        Marker marker = bed.marker();
        service.process().kill();
        HostWish wish = bed.boot(node, cell.course());
        Going join = bed.request(wish, cell.course());
        FailPoint death = FailPoint.first(
                        cell.step(),
                        cell.cut(),
                        FailAction.HALT,
                        cell.step().equals("Intake_Commit") ? "" : ChaosBed.workflow(node))
                .atHit(cell.hit());
        service.startFailing(new FailPlan(List.of(death), marker.file()));
        if (cell.course() == Course.UNWANTED && bed.ends().awaitPhase(wish.node(), Phase.CertificateIssued, FIRES)) {
            bed.cancel(join);
        }
        return new Life(join, bed.awaitDeath(marker));
    }
}
