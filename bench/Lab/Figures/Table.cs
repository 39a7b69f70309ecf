using System.Globalization;

namespace Holdfast.Lab.Bench.Figures;

/// <summary>The rows of the report, in Markdown.</summary>
internal sealed class Table
{
    private readonly List<string> _rows = [];

    /// <summary>A measure of both servers; <paramref name="most"/> is the largest ratio of medians that meets the goal, null for a measure without one.</summary>
    public void Compare(string measure, Sample ours, Sample peers, double? most, string peer = "")
    {
        var ratio = ours.Median / peers.Median;
        var goal = most is null ? "" : $"≤ {most:0.###}";
        Add(measure, ours.ToString(), $"{peers}{(peer.Length > 0 ? $" ({peer})" : "")}", ratio.ToString("0.000", CultureInfo.InvariantCulture), goal, most is null ? "" : ratio <= most ? "met" : "missed");
    }

    /// <summary>A measure that is not a ratio.</summary>
    public void Add(string measure, string ours, string peers, string ratio = "", string goal = "", string met = "")
    {
        var row = $"| {measure} | {ours} | {peers} | {ratio} | {goal} | {met} |";
        _rows.Add(row);
        Console.Error.WriteLine($"  {row}");
    }

    public void Write(TextWriter writer)
    {
        writer.WriteLine("| Measure: median (least–most) | holdfast | jupyter_server | ratio | goal | |");
        writer.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var row in _rows) writer.WriteLine(row);
    }
}
