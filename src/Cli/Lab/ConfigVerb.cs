using System.CommandLine;

namespace Holdfast.Cli.Lab;

/// <summary><c>holdfast config</c>: what a lab that is started here would use, and who says so.</summary>
internal static class ConfigVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var command = new Command("config", "Show each setting of the lab with its source: holdfast.yaml, the environment, an existing Jupyter set-up, or the default. What the command line of 'holdfast lab' says comes before them.") { format };
        command.SetAction(parse => Show(parse.GetValue(format) == "json"));
        return command;
    }

    private static int Show(bool asJson)
    {
        var settings = LabSettings.Read(Surroundings.Variables, _ => null);
        if (asJson) WriteJson(settings);
        else Output.Table(["SETTING", "VALUE", "SOURCE"], [.. settings.Values.Select(value => new[] { value.Setting.Name, Shown(value), value.Source })]);
        foreach (var note in settings.Notes)
            Console.Error.WriteLine($"holdfast: {note}");
        return settings.Problem is { } problem ? Output.Fail(problem) : 0;
    }

    /// <summary>Of secrets only whether they are set.</summary>
    private static void WriteJson(LabSettings settings) => Output.Json(json =>
    {
        json.WriteStartArray();
        foreach (var value in settings.Values)
        {
            json.WriteStartObject();
            json.WriteString("setting", value.Setting.Name);
            if (value.Setting.IsSecret) json.WriteBoolean("is_set", value.Value is { Length: > 0 });
            else json.WriteString("value", value.Value);
            json.WriteString("source", value.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Shown(SettingValue value) => value switch
    {
        { Setting.IsSecret: true, Value.Length: > 0 } => "(set)",
        { Value: null or "" } when value.Setting == LabSetting.Token => value.Value is null ? "(made at the first start)" : "(none)",
        { Value: null or "" } => "-",
        _ => value.Value,
    };
}
