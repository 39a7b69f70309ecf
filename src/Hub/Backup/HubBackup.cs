using System.Diagnostics;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Sqlite;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Backup;

/// <summary>
/// A copy of all that a hub knows in one tar, 0600: <c>manifest.json</c> first, then <c>hub.db</c>, <c>key</c>, <c>hub.yaml</c>, and the volumes where they were asked for. The
/// system's tar writes and reads it: owners, links, holes and extended attributes of volumes stay as they are.
/// </summary>
public static class HubBackup
{
    private const int Format = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] TarOptions = ["--numeric-owner", "--xattrs", "--xattrs-include=*", "--sparse", "--warning=no-file-ignored", "--warning=no-file-changed", "--warning=no-file-removed"];

    /// <summary>Writes a backup; the hub may run meanwhile: the database is as at one moment, volumes as they are read.</summary>
    /// <param name="folders">Of the hub.</param>
    /// <param name="file">The backup; one that is there is replaced when the new one is whole and on the disk.</param>
    /// <param name="volumes">Whether storage, homes and machines are in it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up; nothing is left of it.</param>
    /// <returns>What stands in the way, with the mend; null when it is written.</returns>
    public static async Task<string?> WriteAsync(HubFolders folders, string file, bool volumes, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folders);
        ArgumentNullException.ThrowIfNull(time);
        if (!File.Exists(folders.Database)) return $"there is no hub in {folders.Root}; mend: --data with its data folder.";
        var work = HubFolders.Make(Path.Combine(folders.Root, $".backup-{Guid.NewGuid():N}"));
        var part = file + ".part";
        try
        {
            var copy = Path.Combine(work, "hub.db");
            // Not through HubDatabase: a hub of an older version may be at work on it.
            using (var connection = SystemSqlite.Open(folders.Database, SqliteOpenMode.ReadWrite, 30))
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "VACUUM INTO $file";
                command.Parameters.AddWithValue("$file", copy);
                command.ExecuteNonQuery();
            }
            File.SetUnixFileMode(copy, OwnerOnly);
            foreach (var path in (string[])[folders.Key, folders.Settings])
                if (File.Exists(path)) File.Copy(path, Path.Combine(work, Path.GetFileName(path)));
            await WriteManifestAsync(work, volumes, time, cancellationToken);
            var names = (string[])["manifest.json", .. Directory.EnumerateFiles(work).Select(path => Path.GetFileName(path)!).Where(name => name != "manifest.json").Order(StringComparer.Ordinal)];
            var inside = volumes ? Volumes(folders).ToList() : [];
            File.Delete(part);
            using (new FileStream(part, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            {
            }
            if (await TarAsync(["--create", "--file", part, .. TarOptions, "-C", work, .. names, .. inside.Count > 0 ? ["-C", folders.Root, .. inside] : Array.Empty<string>()], cancellationToken) is { } problem) return problem;
            using (var written = File.OpenHandle(part, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(written);
            File.Move(part, file, overwrite: true);
            return null;
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            return $"the backup cannot be written: {fault.Message}";
        }
        finally
        {
            Directory.Delete(work, recursive: true);
            if (Directory.Exists(Path.GetDirectoryName(part))) File.Delete(part);
        }
    }

    /// <summary>Brings a backup back.</summary>
    /// <param name="folders">Of the hub that is to be; the data folder must be empty, or not there.</param>
    /// <param name="file">The backup.</param>
    /// <param name="cancellationToken">Gives up; nothing is left of it.</param>
    /// <returns>What stands in the way, with the mend; null when it is done.</returns>
    public static async Task<string?> RestoreAsync(HubFolders folders, string file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folders);
        if (!File.Exists(file)) return $"there is no {file}.";
        if (Directory.Exists(folders.Root) && Directory.EnumerateFileSystemEntries(folders.Root).Any()) return $"{folders.Root} is not empty, and a backup is not brought over anything; mend: move it away, or name another folder with --data.";
        var work = folders.Root.TrimEnd('/') + $".restore-{Guid.NewGuid():N}";
        try
        {
            if (await ManifestAsync(file, cancellationToken) is not { } manifest) return $"{file} is no backup of a hub, or one of a newer Holdfast.";
            HubFolders.Make(work);
            if (await TarAsync(["--extract", "--preserve-permissions", "--file", file, "--numeric-owner", "--xattrs", "--xattrs-include=*", "-C", work], cancellationToken) is { } problem) return problem;
            foreach (var (name, hash) in manifest)
                if (!File.Exists(Path.Combine(work, name)) || await HashAsync(Path.Combine(work, name), cancellationToken) != hash) return $"{file} is damaged: {name} is not what was written.";
            File.Delete(Path.Combine(work, "manifest.json"));
            if (Directory.Exists(folders.Root)) Directory.Delete(folders.Root);
            Directory.Move(work, folders.Root);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidDataException or FormatException)
        {
            return $"{file} cannot be brought back: {fault.Message}";
        }
        finally
        {
            if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>What is not made anew by itself. The ephemeral layers are that, and no backup makes them anything else.</summary>
    private static IEnumerable<string> Volumes(HubFolders folders)
    {
        var places = new List<string> { folders.Storage, Path.GetDirectoryName(folders.HomeOf("x"))!, Path.GetDirectoryName(folders.SnapshotsOf("x"))! };
        var machines = Path.GetDirectoryName(folders.MachineOf("x"))!;
        if (Directory.Exists(machines))
            places.AddRange(Directory.EnumerateDirectories(machines).Select(path => Path.GetFileName(path)!).SelectMany(id => (string[])[folders.NotebooksOf(id), folders.StateOf(id), folders.KeptOf(id), folders.OutputOf(id)]));
        return places.Where(Path.Exists).Select(path => Path.GetRelativePath(folders.Root, path));
    }

    private static async Task WriteManifestAsync(string work, bool volumes, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(Path.Combine(work, "manifest.json"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteString("created", time.GetUtcNow());
        json.WriteBoolean("volumes", volumes);
        json.WriteStartObject("sha256");
        foreach (var path in Directory.EnumerateFiles(work).Where(path => path != stream.Name).Order(StringComparer.Ordinal)) json.WriteString(Path.GetFileName(path), await HashAsync(path, cancellationToken));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Files and what they must hash to; null when this is no backup that can be read.</summary>
    private static async Task<IReadOnlyList<(string Name, string Hash)>?> ManifestAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        await using var tar = new TarReader(stream);
        try
        {
            return await ManifestAsync(tar, cancellationToken);
        }
        catch (Exception fault) when (fault is EndOfStreamException or InvalidDataException or JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<(string Name, string Hash)>?> ManifestAsync(TarReader tar, CancellationToken cancellationToken)
    {
        if (await tar.GetNextEntryAsync(cancellationToken: cancellationToken) is not { Name: "manifest.json", DataStream: { } text }) return null;
        using var json = await JsonDocument.ParseAsync(text, cancellationToken: cancellationToken);
        if (!json.RootElement.TryGetProperty("format", out var format) || format.GetInt32() != Format) return null;
        var files = json.RootElement.GetProperty("sha256").EnumerateObject().Select(file => (file.Name, file.Value.GetString()!)).ToList();
        // Nothing else is opened by these names.
        return files.Any(entry => entry.Name == "hub.db") && files.All(entry => entry.Name is "hub.db" or "key" or "hub.yaml") ? files : null;
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>Runs tar; what it says when it fails. That a file has changed while it was read (1) is no failure.</summary>
    private static async Task<string?> TarAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var tar = Process.Start(new ProcessStartInfo("tar", arguments) { RedirectStandardError = true, RedirectStandardInput = true })!;
        try
        {
            var errors = await tar.StandardError.ReadToEndAsync(cancellationToken);
            await tar.WaitForExitAsync(cancellationToken);
            return tar.ExitCode is 0 or 1 ? null : $"tar has failed: {errors.Trim()}";
        }
        finally
        {
            if (!tar.HasExited) tar.Kill();
        }
    }
}
