using System.CommandLine;
using System.Globalization;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Storage;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast storage</c>: volumes, and what they hold.</summary>
internal static class StorageVerb
{
    public static Command Create() => new("storage", "Volumes of a hub: the team's storage, homes, notebooks folders.") { List(), Usage(), StorageCpVerb.Create(), Snapshots(), Restore() };

    private static Command List()
    {
        var place = new Argument<string>("VOLUME[:PATH]") { Description = "As storage, storage:data, home/ada:.local or notebooks/leaves. Default storage.", DefaultValueFactory = _ => "storage" };
        var format = Output.Format();
        return Asking.Verb("ls", "List a folder of a volume.", async (parse, hub, cancellationToken) =>
        {
            var parts = parse.GetValue(place)!.Split(':', 2);
            var reply = await hub.GetAsync($"storage/files?volume={Uri.EscapeDataString(parts[0])}&path={Uri.EscapeDataString(parts.ElementAtOrDefault(1) ?? "")}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            foreach (var entry in reply.Read(HubJson.Default.StoredEntryArray))
                Console.WriteLine($"{(entry.Kind == "file" ? ByteText.Of(entry.Size) : entry.Kind),9}  {Output.Clock(entry.Modified, TimeProvider.System),-16}  {MachineTexts.Plain(entry.Name)}{(entry.Kind == "folder" ? "/" : "")}");
            return 0;
        }, place, format);
    }

    private static Command Usage()
    {
        var volume = new Argument<string?>("VOLUME") { Description = "One volume, with its largest folders. Default all.", Arity = ArgumentArity.ZeroOrOne };
        var now = new Option<bool>("--now") { Description = "Measure it now." };
        var format = Output.Format();
        return Asking.Verb("du", "Show what volumes hold. It is measured in the background; the table says when.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(volume);
            if (parse.GetValue(now))
            {
                if (asked is null) return Output.Fail("--now needs VOLUME.");
                var measured = await hub.SendAsync(HttpMethod.Post, $"storage/measure?volume={Uri.EscapeDataString(asked)}", null, cancellationToken);
                if (measured.Fault is not null) return Asking.Fail(measured);
                return parse.GetValue(format) == "json" ? measured.WriteJson() : Write([measured.Read(HubJson.Default.VolumeView)], folders: true);
            }
            var reply = await hub.GetAsync("storage", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var volumes = reply.Read(HubJson.Default.VolumeViewArray).Where(found => asked is null || found.Name == asked).ToArray();
            return volumes.Length > 0 ? Write(volumes, folders: asked is not null) : Output.Fail($"there is no volume '{asked}'. '{Surroundings.Program} storage du' lists them.");
        }, volume, now, format);
    }

    private static Command Snapshots()
    {
        var format = Output.Format();
        return Asking.Verb("snapshots", "List the snapshots of your home: of its dot-folders, taken before a new or changed hook ran.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("snapshots", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var snapshots = reply.Read(HubJson.Default.HomeSnapshotArray);
            if (snapshots.Length == 0) Console.WriteLine("No snapshot. One is taken before a new or changed hook runs.");
            else Output.Table(["SNAPSHOT", "TAKEN", "BEFORE THE HOOK"], [.. snapshots.Select(snapshot => new[] { snapshot.Id, Output.Clock(snapshot.Time, TimeProvider.System), snapshot.Hooks })]);
            return 0;
        }, format);
    }

    private static Command Restore()
    {
        var id = new Argument<string>("SNAPSHOT") { Description = "As 'holdfast storage snapshots' lists it." };
        var path = new Argument<string?>("PATH") { Description = "One path of it, as .local/bin. Default all.", Arity = ArgumentArity.ZeroOrOne };
        return Asking.Verb("restore", "Bring a snapshot of your home back. What is there now is moved aside, into a folder of the home.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, $"snapshots/{Uri.EscapeDataString(parse.GetValue(id)!)}/restore", new RestoreRequest(parse.GetValue(path)), HubJson.Default.RestoreRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            Console.WriteLine(reply.Read(HubJson.Default.RestoredHome).Aside is { } aside ? $"It is back. What was there is in ~/{aside}." : "It is back.");
            return 0;
        }, id, path);
    }

    private static string WhenFull(long? quota, bool isHard) => quota is null ? "-" : isHard ? "no more is written" : "no machine starts";

    private static int Write(VolumeView[] volumes, bool folders)
    {
        Output.Table(["VOLUME", "HOLDS", "OF", "WHEN FULL", "FILES", "MEASURED"],
        [
            .. volumes.Select(volume => volume.Usage is { } usage
                ? new[] { volume.Name, ByteText.Of(usage.Bytes), usage.Quota is { } quota ? ByteText.Of(quota) : "-", WhenFull(usage.Quota, usage.IsHard), usage.Files.ToString(CultureInfo.InvariantCulture), Output.Clock(usage.Measured, TimeProvider.System) }
                : [volume.Name, "-", "-", "-", "-", "not yet"]),
        ]);
        foreach (var folder in folders ? volumes[0].Usage?.Folders ?? [] : (IReadOnlyList<FolderUsage>)[]) Console.WriteLine($"{ByteText.Of(folder.Bytes),9}  {MachineTexts.Plain(folder.Path)}");
        return 0;
    }
}
