using System.CommandLine;
using System.Diagnostics;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast storage cp FROM TO</c>: between this computer and a running machine, whose storage, home and notebooks are the volumes. What is copied is read and written inside: no link leads elsewhere.</summary>
internal static class StorageCpVerb
{
    public static Command Create()
    {
        var from = new Argument<string>("FROM") { Description = "A file or folder: of this computer, or MACHINE:/PATH of a running machine, as leaves:/storage/data." };
        var to = new Argument<string>("TO") { Description = "The folder that gets it: one of the two is MACHINE:/PATH, the other of this computer." };
        return Asking.Verb("cp", "Copy between this computer and a running machine, through which all volumes are reached. Only on the hub's own computer.", async (parse, hub, cancellationToken) =>
        {
            var (source, target) = (Place.Of(parse.GetValue(from)!), Place.Of(parse.GetValue(to)!));
            if (source.Machine is null == target.Machine is null) return Output.Fail("one of FROM and TO is of a machine, as leaves:/storage/data, the other of this computer.");
            if (source.Machine is null && !Path.Exists(source.Folder)) return Output.Fail($"there is no {source.Folder}.");
            string[] pack = ["tar", "--create", "--file", "-", "--directory", Path.GetDirectoryName(source.Folder.TrimEnd('/')) is { Length: > 0 } parent ? parent : "/", "--", Path.GetFileName(source.Folder.TrimEnd('/'))];
            // Whoever gets it owns it; only root could do otherwise, and inside a machine root is not this computer's.
            string[] unpack = ["sh", "-c", "mkdir -p \"$1\" && exec tar --extract --no-same-owner --no-same-permissions --file - --directory \"$1\"", "sh", target.Folder];
            var (reading, problem) = await CommandAsync(hub, source.Machine, pack, cancellationToken);
            if (reading is null) return problem;
            var (writing, fault) = await CommandAsync(hub, target.Machine, unpack, cancellationToken);
            if (writing is null) return fault;
            reading.RedirectStandardOutput = true;
            writing.RedirectStandardInput = true;
            using var packer = Process.Start(reading)!;
            using var unpacker = Process.Start(writing)!;
            await packer.StandardOutput.BaseStream.CopyToAsync(unpacker.StandardInput.BaseStream, cancellationToken);
            unpacker.StandardInput.Close();
            await packer.WaitForExitAsync(cancellationToken);
            await unpacker.WaitForExitAsync(cancellationToken);
            return (packer.ExitCode, unpacker.ExitCode) is (0, 0) ? 0 : Output.Fail("not all of it was copied.");
        }, from, to);
    }

    private static async Task<(ProcessStartInfo? Command, int Code)> CommandAsync(HubClient hub, string? machine, string[] argv, CancellationToken cancellationToken)
    {
        if (machine is null) return (new ProcessStartInfo(argv[0], argv.Skip(1)), 0);
        var (entry, code) = await MachineExecVerb.EntryAsync(hub, machine, argv, cancellationToken);
        return entry is null ? (null, code) : (new ProcessStartInfo(entry[0], entry.Skip(1)), 0);
    }

    private sealed record Place(string? Machine, string Folder)
    {
        /// <summary>A machine's name has no slash, and its paths begin with one.</summary>
        public static Place Of(string text) =>
            text.IndexOf(":/", StringComparison.Ordinal) is > 0 and var colon && !text.AsSpan(0, colon).Contains('/') ? new(text[..colon], text[(colon + 1)..]) : new(null, Path.GetFullPath(text));
    }
}
