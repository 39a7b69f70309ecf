using System.CommandLine;

namespace Holdfast.Cli.Lab;

/// <summary><c>holdfast config</c>: what a lab that is started here would use, and who says so.</summary>
internal static class ConfigVerb
{
    public static Command Create()
    {
        var command = new Command("config", "Show each setting of the lab with its source: holdfast.yaml, the environment, an existing Jupyter set-up, or the default. What the command line of 'holdfast lab' says comes before them.");
        command.SetAction(_ => Show());
        return command;
    }

    private static int Show()
    {
        var settings = LabSettings.Read(Surroundings.Variables, _ => null);
        var rows = settings.Values.Select(value => (value.Setting.Name, Value: Shown(value), value.Source)).ToList();
        var (name, shown) = (rows.Max(row => row.Name.Length), rows.Max(row => row.Value.Length));
        foreach (var row in rows)
            Console.WriteLine($"{row.Name.PadRight(name)}  {row.Value.PadRight(shown)}  {row.Source}");
        foreach (var note in settings.Notes)
            Console.Error.WriteLine($"holdfast: {note}");
        return settings.Problem is { } problem ? Output.Fail(problem) : 0;
    }

    private static string Shown(SettingValue value) => value switch
    {
        { Setting.IsSecret: true, Value.Length: > 0 } => "(set)",
        { Value: null or "" } when value.Setting == LabSetting.Token => value.Value is null ? "(made at the first start)" : "(none)",
        { Value: null or "" } => "-",
        _ => value.Value,
    };
}
