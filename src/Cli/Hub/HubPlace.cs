using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Holdfast.Hub;

namespace Holdfast.Cli.Hub;

/// <summary>Where the hub of this computer and user keeps its things, and where it listens as long as it runs.</summary>
/// <param name="Folder">The data folder, absolute.</param>
internal sealed record HubPlace(string Folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary><c>~/.local/state/holdfast/hub</c>, or below <c>HOLDFAST_STATE</c>.</summary>
    public static HubPlace Default => new(Path.Combine(Surroundings.Home.StateFolder, "hub"));

    /// <summary>A data folder that somebody has named; null for the default one.</summary>
    public static HubPlace Of(string? folder) => folder is null ? Default : new(Path.GetFullPath(folder));

    /// <summary>The folders of the hub. Where sockets lie must not depend on who starts it, a shell or a service, and must not end with a session of root's.</summary>
    public HubFolders Folders => new(Folder) { MeetingRoot = Path.Combine(Environment.IsPrivilegedProcess ? "/run/holdfast" : Surroundings.Home.RuntimeFolder, $"hub-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Folder)))[..8]}") };

    /// <summary>A token that the hub takes from who can read this file.</summary>
    public string TokenFile => Path.Combine(Folder, "cli-token");

    private string AddressFile => Path.Combine(Folder, "hub.json");

    /// <summary>Where the hub listens; null when none runs, as far as it could say so before it ended.</summary>
    public Uri? Address => Entry is { Address: var address } ? address : null;

    /// <summary>Where that is, whatever its name resolves to on this computer; null where it has not said so.</summary>
    public IPEndPoint? At => Entry?.At;

    private (Uri Address, IPEndPoint? At)? Entry
    {
        get
        {
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllBytes(AddressFile));
                return (new Uri(json.RootElement.GetProperty("address").GetString()!), json.RootElement.TryGetProperty("at", out var at) && IPEndPoint.TryParse(at.GetString()!, out var end) ? end : null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or UriFormatException)
            {
                return null;
            }
        }
    }

    /// <summary>Takes the folder for this process; null when another hub has it.</summary>
    public FileStream? Lock()
    {
        HubFolders.Make(Folder);
        try
        {
            return new FileStream(Path.Combine(Folder, "hub.lock"), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });
        }
        catch (IOException) when (Directory.Exists(Folder))
        {
            return null;
        }
    }

    /// <summary>Says where the hub listens.</summary>
    public void Enter(Uri address, IPEndPoint at)
    {
        File.Delete(AddressFile + ".new");
        using (var stream = new FileStream(AddressFile + ".new", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("address", address.ToString());
            json.WriteString("at", at.ToString());
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteEndObject();
        }
        File.Move(AddressFile + ".new", AddressFile, overwrite: true);
    }

    /// <summary>Says that no hub listens any more.</summary>
    public void Leave() => File.Delete(AddressFile);
}
