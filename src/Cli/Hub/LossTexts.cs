using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Loss;

namespace Holdfast.Cli.Hub;

/// <summary>A loss list in words.</summary>
internal static class LossTexts
{
    /// <summary>Writes the groups, each with at most so many lines.</summary>
    public static void Write(TextWriter output, LossList list, int most = int.MaxValue)
    {
        Group(output, "Packages", list.Packages.OrderByDescending(package => package.IsAsked).Select(Package), list.Packages.Count, most);
        Group(output, "Files", list.Files.Select(Lost), list.Files.Count + list.MoreFiles, most);
        Group(output, "Settings", list.Settings.Select(Lost), list.Settings.Count, most);
    }

    /// <summary>Writes what a machine has and no image: what goes along with a job of it.</summary>
    public static void Write(TextWriter output, MachineDifferences machine, int most)
    {
        Group(output, "Packages", machine.Packages.Select(Package), machine.Packages.Count, most);
        Group(output, "Files", machine.Files.Select(Lost), machine.Files.Count + machine.MoreFiles, most);
    }

    private static void Group(TextWriter output, string title, IEnumerable<string> lines, int count, int most)
    {
        if (count == 0) return;
        output.WriteLine($"{title} ({count}):");
        var shown = 0;
        foreach (var line in lines.Take(most))
        {
            output.WriteLine($"  {line}");
            shown++;
        }
        if (count > shown) output.WriteLine($"  and {count - shown} more");
    }

    private static string Package(PackageChange package) => MachineTexts.Plain(Change(package));

    private static string Change(PackageChange package) => (package.Before, package.Now) switch
    {
        (null, var now) => $"{package.Source} {package.Name} {now}{(package.IsAsked ? "" : ", came along")}",
        (var before, null) => $"{package.Source} {package.Name} {before} was removed",
        var (before, now) => $"{package.Source} {package.Name} {before} → {now}",
    };

    private static string Lost(LostPath path) => $"{ByteText.Of(path.Size),9}  {MachineTexts.Plain(path.Path)}{(path.IsNew ? "" : " (changed)")}";
}
