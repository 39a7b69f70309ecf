using System.Globalization;
using Holdfast.Lab.Jupyter;

namespace Holdfast.Cli.Lab;

/// <summary>A setting's value and who said it.</summary>
/// <param name="Setting">Which.</param>
/// <param name="Value">As text; null for none.</param>
/// <param name="Source">In words: the command line, a file, a variable, default.</param>
internal sealed record SettingValue(LabSetting Setting, string? Value, string Source);

/// <summary>
/// The settings of a lab. Whoever comes first has said it: 1 the command line, 2 <c>holdfast.yaml</c> of the user's configuration, 3 the
/// environment, 4 an existing Jupyter set-up, 5 the default. Nothing is read from the folder that is opened: it may be somebody else's.
/// </summary>
internal sealed class LabSettings
{
    private readonly Dictionary<LabSetting, SettingValue> _values = [];

    private LabSettings()
    {
    }

    /// <summary>Every setting, in the order of <see cref="LabSetting.All"/>.</summary>
    public IReadOnlyList<SettingValue> Values => [.. LabSetting.All.Select(setting => _values[setting])];

    /// <summary>What should be said once: keys that are not understood, files that cannot be read.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>Why no lab can start with this, and the mend; null when one can.</summary>
    public string? Problem { get; private set; }

    public string? this[LabSetting setting] => _values[setting].Value;

    /// <summary>Reads all places.</summary>
    /// <param name="variables">The environment.</param>
    /// <param name="said">What the command line says of a setting; null for nothing.</param>
    public static LabSettings Read(IReadOnlyDictionary<string, string> variables, Func<LabSetting, string?> said)
    {
        var settings = new LabSettings();
        var yaml = HoldfastYaml.Read(variables);
        var jupyter = JupyterSetup.Read(variables, out var unreadable);
        foreach (var setting in LabSetting.All)
            settings._values[setting] = Find(setting, variables, said, yaml, jupyter);
        settings.Notes = [.. yaml.Notes, .. unreadable, .. Unknown(jupyter)];
        settings.Problem = yaml.Problem ?? settings.Values
            .Select(value => value.Value is { } text && Wrong(value.Setting, text) is { } wrong ? $"{value.Setting.Name} ({value.Source}) {wrong}" : null)
            .FirstOrDefault(wrong => wrong is not null);
        return settings;
    }

    public int Number(LabSetting setting) => int.Parse(this[setting]!, CultureInfo.InvariantCulture);

    public bool Is(LabSetting setting) => Truth(this[setting]) == true;

    private static SettingValue Find(LabSetting setting, IReadOnlyDictionary<string, string> variables, Func<LabSetting, string?> said, HoldfastYaml yaml, IReadOnlyList<JupyterSetting> jupyter)
    {
        if (!setting.InFilesOnly)
        {
            if (said(setting) is { } given)
                return new(setting, given, "command line");
            if (yaml.Values.TryGetValue(setting.Name, out var written))
                return new(setting, written, yaml.File);
            // An unset variable of a script must not open the lab to everybody: empty is as if it were not there.
            foreach (var name in (string?[])[setting.OwnVariable, setting.Variable])
                if (name is not null && variables.GetValueOrDefault(name) is { Length: > 0 } value)
                    return new(setting, value, name);
        }
        else if (PasswordStore.Read() is { } hash)
            return new(setting, hash, PasswordStore.FilePath);
        // Jupyter writes what is off as null, false or "".
        foreach (var key in setting.JupyterKeys)
            if (jupyter.FirstOrDefault(found => found.Key == key) is { } found && found.Value is not "null" && (found.Value.Length > 0 || setting == LabSetting.Token))
                return new(setting, found.Value, found.File);
        return new(setting, setting.Default, "default");
    }

    private static IEnumerable<string> Unknown(IReadOnlyList<JupyterSetting> jupyter)
    {
        var known = LabSetting.All.SelectMany(setting => setting.JupyterKeys).ToHashSet();
        // Written by `jupyter server extension enable`: what they name are Python modules, which this lab does not load.
        return jupyter.Where(found => !known.Contains(found.Key) && !found.Key.EndsWith(".jpserver_extensions", StringComparison.Ordinal) && !found.Key.EndsWith(".nbserver_extensions", StringComparison.Ordinal))
            .Select(found => $"{found.Key} in {found.File} is not understood and has no effect.");
    }

    /// <summary>What is wrong with a value; null when it is one.</summary>
    public static string? Wrong(LabSetting setting, string text) =>
        setting == LabSetting.Port && !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"is a number from 0 to 65535, not '{text}'."
            : setting == LabSetting.CullIdle && Age.Parse(text) is null ? Age.Problem(text)
            : setting.Default is "true" or "false" && Truth(text) is null ? $"is true or false, not '{text}'."
            : null;

    private static bool? Truth(string? text) => text?.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => null,
    };
}
