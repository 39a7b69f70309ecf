using System.Globalization;
using Holdfast.Faults.Bench;

const string Usage = "usage: bench/Faults [KILLS [SEED]]   (default 200 1; after ./run --build-only; needs python3-ipykernel)";
var (kills, seed) = (200, 1);
if ((args.Length > 0 && !int.TryParse(args[0], CultureInfo.InvariantCulture, out kills)) || (args.Length > 1 && !int.TryParse(args[1], CultureInfo.InvariantCulture, out seed)))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

using var place = new Place();
if (!File.Exists(place.Program))
{
    Console.Error.WriteLine($"{place.Program} is not built. {Usage}");
    return 2;
}

var campaign = new Campaign(place, seed);
try
{
    await campaign.RunAsync(kills);
}
finally
{
    // Whatever ended the run, no kernel stays behind.
    if (place.Keepers().Count > 0) await place.RunAsync("keeper", "stop", "--yes");
}

place.Stays = campaign.Violations.Count > 0;
Report.Write(Console.Out, campaign, seed);
return campaign.Violations.Count == 0 ? 0 : 1;
