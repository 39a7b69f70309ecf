using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Ssh;

/// <summary>A key with which a person's machines log in elsewhere.</summary>
/// <param name="Name">Of the file with its private half in <c>~/.ssh</c>.</param>
/// <param name="Public">The line of the <c>.pub</c> file beside it, which the other side wants; null when there is none.</param>
public sealed record HomeKey(string Name, string? Public);

/// <summary>Keys in people's homes. Machines write there as they like: what is read is a proposal, and no link is followed.</summary>
internal sealed partial class HomeKeys(HubFolders folders, AuditLog audit)
{
    private const int MostBytes = 64 << 10, MostFiles = 1000;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite, Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // What ssh offers by itself (ssh_config(5)), the first of them what people have.
    private static readonly string[] Usual = ["id_ed25519", "id_rsa", "id_ecdsa", "id_ed25519_sk", "id_ecdsa_sk", "id_dsa", "id_xmss"];
    private const int UsuallyMade = 3;

    // What ssh itself keeps there.
    private static readonly string[] Taken = ["config", "known_hosts", "authorized_keys", "rc", "environment", ".", ".."];

    /// <summary>A person's keys, by name.</summary>
    public IReadOnlyList<HomeKey> List(string person)
    {
        if (!Directory.Exists(folders.HomeOf(person))) return [];
        using var root = Posix.OpenRoot(folders.HomeOf(person));
        using var ssh = Posix.OpenBelow(root, ".ssh", pathOnly: true);
        if (ssh.IsInvalid || Posix.Status(ssh) is not { IsFolder: true }) return [];
        return [.. TreeCopy.Names(root, ".ssh").Take(MostFiles).Where(name => !name.EndsWith(".pub", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Where(name => Read(root, $".ssh/{name}")?.Contains("PRIVATE KEY-----", StringComparison.Ordinal) == true)
            .Select(name => new HomeKey(name, Read(root, $".ssh/{name}.pub")?.Trim()))];
    }

    /// <summary>Makes a key of the caller's, or brings one.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="name">Of the file: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <param name="text">The private key; null to make one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<HomeKey>> AddAsync(Caller caller, string name, string? text, CancellationToken cancellationToken)
    {
        if (!caller.MayWrite) return HubFault.OnlyReads;
        if (!FileName().IsMatch(name) || name.EndsWith(".pub", StringComparison.Ordinal) || Taken.Contains(name)) return new HubFault("bad-request", $"'{name}' is no name for a key: letters, digits, '.', '_' and '-', at most 64, as id_ed25519.");
        if (text?.Length > MostBytes) return new HubFault("bad-request", "A key has at most 64 KiB.");

        // 1. In a folder that no machine sees.
        var work = Path.Combine(HubFolders.Make(folders.Ssh), $"new-{Guid.NewGuid():N}");
        HubFolders.Make(work);
        try
        {
            var file = Path.Combine(work, "key");
            if (text is null)
            {
                if (await KeyGen.RunAsync(["-q", "-t", "ed25519", "-N", "", "-C", $"{caller.Name}@holdfast", "-f", file], cancellationToken) is { Fault: { } fault }) return fault;
            }
            else
            {
                await WriteAsync(file, $"{text.ReplaceLineEndings("\n").Trim()}\n", Private, cancellationToken);
                // Also what has a passphrase says its public half, when its format has that outside.
                var half = await KeyGen.RunAsync(["-y", "-P", "", "-f", file], cancellationToken);
                if (!half.Ok && !half.Fault.Message.Contains("passphrase", StringComparison.Ordinal)) return new HubFault("bad-request", "That is no private key that OpenSSH can read; mend: the whole file, from '-----BEGIN' to '-----END … PRIVATE KEY-----'.");
                if (half.Ok) await WriteAsync($"{file}.pub", half.Value, Public, cancellationToken);
            }

            // 2. Into the home, with the rights that ssh wants.
            HomeRules.Mend(folders.HomeOf(caller.Name));
            using var root = Posix.OpenRoot(folders.HomeOf(caller.Name));
            var owner = Posix.Status(root)!.Value;
            MakeFolder($"{Posix.NameOf(root)}/.ssh");
            using var ssh = Posix.OpenBelow(root, ".ssh", pathOnly: true);
            if (ssh.IsInvalid || Posix.Status(ssh) is not { IsFolder: true }) return new HubFault("conflict", "~/.ssh is no folder of its own; mend: in a machine, make it one.");
            var key = new HomeKey(name, File.Exists($"{file}.pub") ? (await File.ReadAllTextAsync($"{file}.pub", cancellationToken)).Trim() : null);
            // The public half first: one that is left over of another key must not come to stand beside this one.
            var halves = new List<(string Path, string Text, UnixFileMode Mode)> { ($"{Posix.NameOf(ssh)}/{name}", await File.ReadAllTextAsync(file, cancellationToken), Private) };
            if (key.Public is not null) halves.Insert(0, ($"{Posix.NameOf(ssh)}/{name}.pub", $"{key.Public}\n", Public));
            var written = new List<string>();
            try
            {
                foreach (var (path, half, mode) in halves)
                {
                    await WriteAsync(path, half, mode, cancellationToken);
                    written.Add(path);
                }
            }
            catch (IOException fault)
            {
                written.ForEach(File.Delete);
                return new HubFault(halves.Any(half => Path.Exists(half.Path)) ? "exists" : "unavailable", $"~/.ssh/{name} was not written: {fault.Message.Replace(Posix.NameOf(ssh), "~/.ssh", StringComparison.Ordinal)} mend: another name, or remove it in a machine.");
            }
            foreach (var path in (string[])[$"{Posix.NameOf(root)}/.ssh", $"{Posix.NameOf(ssh)}/{name}", $"{Posix.NameOf(ssh)}/{name}.pub"]) Posix.Own(path, owner.User, owner.Group);
            if (!Usual.Contains(name)) await OfferAsync(root, ssh, name, owner, cancellationToken);
            audit.Write(caller.Name, text is null ? "key.make" : "key.bring", name);
            return key;
        }
        finally
        {
            FolderCopy.Remove(work);
        }
    }

    /// <summary>ssh by itself offers keys of the usual names only; with others named, those only that are named.</summary>
    private static async Task OfferAsync(Microsoft.Win32.SafeHandles.SafeFileHandle root, Microsoft.Win32.SafeHandles.SafeFileHandle ssh, string name, PathStatus owner, CancellationToken cancellationToken)
    {
        var place = $"{Posix.NameOf(ssh)}/config";
        using (var there = Posix.OpenBelow(ssh, "config", pathOnly: true))
        {
            // A link into somebody's own collection of settings stays one.
            if (!there.IsInvalid && Posix.Status(there) is not { IsFile: true }) return;
        }
        var before = Read(root, ".ssh/config") ?? "";
        if (before.Length >= MostBytes || before.Contains($"IdentityFile ~/.ssh/{name}\n", StringComparison.Ordinal)) return;
        var lines = string.Concat(Usual.Take(UsuallyMade).Append(name).Select(each => $"  IdentityFile ~/.ssh/{each}\n"));
        var whole = $"{(before.Length == 0 || before.EndsWith('\n') ? before : $"{before}\n")}# holdfast key: {name}\nMatch all\n{lines}";
        var made = $"{place}.{Guid.NewGuid():N}";
        await WriteAsync(made, whole, Private, cancellationToken);
        Posix.Own(made, owner.User, owner.Group);
        File.Move(made, place, overwrite: true);
    }

    private static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
        }
        catch (IOException)
        {
            // Something else is there: that is seen by who opens it.
        }
    }

    private static async Task WriteAsync(string path, string text, UnixFileMode mode, CancellationToken cancellationToken)
    {
        // Not through a link: what is there already is a fault.
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        try
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static string? Read(Microsoft.Win32.SafeHandles.SafeFileHandle root, string path)
    {
        using var file = Posix.OpenBelow(root, path);
        if (file.IsInvalid || Posix.Status(file) is not { IsFile: true }) return null;
        var bytes = new byte[MostBytes];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
