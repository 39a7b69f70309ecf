using System.Security.Cryptography;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Points;

namespace Holdfast.Hub.Tests.Points;

/// <summary>What tests of points do with a hub and its machines.</summary>
internal static class PointMachine
{
    /// <summary>A script that leaves in the home what <c>pip install --user</c> of a module leaves, in its order, without the time that pip takes.</summary>
    public static string Installs(string name, string version) => $"""
        set -e
        site=$(python3 -m site --user-site); info=$site/{name}-{version}.dist-info; mkdir -p $info; echo 'v = "{version}"' > $site/{name}.py
        printf 'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n' > $info/METADATA; : > $info/RECORD
        """;

    /// <summary>Waits for a point of a machine.</summary>
    public static async Task<EnvironmentPoint> UntilPointAsync(this TestHub hub, string name, Func<EnvironmentPoint, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            if ((await hub.PointsAsync(name)).FirstOrDefault(condition) is { } point) return point;
            await Task.Delay(20, limit.Token);
        }
    }

    public static async Task<IReadOnlyList<EnvironmentPoint>> PointsAsync(this TestHub hub, string name) =>
        TestHub.Value(await hub.Service<EnvironmentPoints>().ListAsync(TestHub.Ada, name, TestHub.Cancellation)).Points;

    public static async Task<BackDone> BackAsync(this TestHub hub, string name, string id, bool homeOnly = false, bool confirmed = true) =>
        TestHub.Value(await hub.Service<EnvironmentPoints>().BackAsync(TestHub.Ada, name, id, homeOnly, confirmed, TestHub.Cancellation));

    public static async Task<PointDiff> DiffAsync(this TestHub hub, string name, string? from = null, string? to = null, bool files = false) =>
        TestHub.Value(await hub.Service<EnvironmentPoints>().DiffAsync(TestHub.Ada, name, from, to, files, TestHub.Cancellation));

    /// <summary>A hub that looks often.</summary>
    public static async Task<TestHub> StartLookingAsync(this TestHub hub)
    {
        await hub.StartAsync();
        hub.Service<PointWatch>().Interval = TimeSpan.FromMilliseconds(300);
        return hub;
    }

    /// <summary>Waits until a restart that was asked for has come to its end.</summary>
    public static Task<MachineRecord> AgainAsync(this TestHub hub, MachineRecord machine) => hub.UntilAsync(machine.Id, record => record.Run > machine.Run && record.State is MachineState.Running or MachineState.Failed && record.Run > machine.Run);

    /// <summary>A line for each file of a folder: path, mode, content. Without some folders, from the folder on, and what Python and pip write by themselves.</summary>
    public static string[] HashesOf(string folder, params string[] without) =>
        [.. from path in Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            let name = Path.GetRelativePath(folder, path)
            where !without.Any(skipped => name == skipped || name.StartsWith($"{skipped}/", StringComparison.Ordinal)) && !name.StartsWith(".cache", StringComparison.Ordinal)
            orderby name
            let link = new FileInfo(path).LinkTarget
            select $"{name} {(link is null ? File.GetUnixFileMode(path) : link)} {(link is null && File.Exists(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "")}"];
}
