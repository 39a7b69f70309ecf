using System.Text.Json;

namespace Holdfast.Cli.Hub;

/// <summary>The hub that <c>holdfast login</c> remembers, in a file of mode 0600 in the state folder.</summary>
/// <param name="Address">Of the hub.</param>
/// <param name="Token">What logs in there.</param>
internal sealed record Login(Uri Address, string Token)
{
    private static string FilePath => Path.Combine(Surroundings.Home.StateFolder, "login.json");

    /// <summary>The one that is remembered; null for none.</summary>
    public static Login? Read()
    {
        if (!File.Exists(FilePath)) return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(FilePath));
            return new Login(new Uri(json.RootElement.GetProperty("address").GetString()!), json.RootElement.GetProperty("token").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or UriFormatException)
        {
            throw new IOException($"{FilePath} cannot be read: {e.Message} 'holdfast logout' removes it.", e);
        }
    }

    public void Write()
    {
        Directory.CreateDirectory(Surroundings.Home.StateFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(FilePath + ".new");
        using (var stream = new FileStream(FilePath + ".new", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("address", Address.ToString());
            json.WriteString("token", Token);
            json.WriteEndObject();
        }
        File.Move(FilePath + ".new", FilePath, overwrite: true);
    }

    /// <summary>Forgets it; whether there was one.</summary>
    public static bool Forget()
    {
        var was = File.Exists(FilePath);
        File.Delete(FilePath);
        return was;
    }
}
