using System.Globalization;
using Holdfast.Journal.Bench;

// Prints a Markdown table: the journal beside a plain file and dd, interleaved in one run on one disk. The first argument is the folder to
// write to (default: the temporary folder), the second how many rounds (default 3); medians are shown.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var folder = Path.Combine(args.Length > 0 ? args[0] : Path.GetTempPath(), $"journal-bench-{Environment.ProcessId}");
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
List<Measure> measures =
[
    new("write 200 B records, 32 a flush, sync every 50 ms", "plain file, same writes and syncs", new SmallWrites(3_000_000)),
    new("write 1 MB records, synced at the end", "dd bs=1M conv=fdatasync", new LargeWrites(1000)),
    new("read 200 B records", "plain file, 64 KiB reads", new Reads(200, 3_000_000)),
    new("read 1 MB records", "plain file, 64 KiB reads", new Reads(1_000_000, 1000)),
    new("open after a kill, and seek to the last record", "read of the last segment's bytes", new Opening(260_000)),
];
for (var round = 0; round < rounds; round++)
    foreach (var measure in measures)
    {
        Directory.CreateDirectory(folder);
        measure.Run(folder, peerFirst: round % 2 == 1);
        Directory.Delete(folder, true);
    }

Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}, medians of {rounds} rounds\n");
Console.WriteLine("| what | records/s | MB/s | bytes allocated a record | peer | peer MB/s | journal ÷ peer |");
Console.WriteLine("| --- | ---: | ---: | ---: | --- | ---: | ---: |");
foreach (var measure in measures) Console.WriteLine(measure.ToRow());
Console.WriteLine($"\nPeak memory of the process: {System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
