using System.Text;
using Holdfast.Kernels;

namespace Holdfast.Fuzz;

/// <summary>Jupyter messages of the kinds that pages and kernels send.</summary>
internal static class SampleMessages
{
    public static IReadOnlyList<(KernelChannel Channel, KernelMessage Message)> All { get; } =
    [
        (KernelChannel.Shell, Make("execute_request", """{"code":"print(1)","silent":false,"store_history":true,"user_expressions":{},"allow_stdin":true}""")),
        (KernelChannel.IOPub, Make("stream", """{"name":"stdout","text":"é\ud83d\ude00\n"}""")),
        (KernelChannel.Control, Make("interrupt_request", "{}")),
        (KernelChannel.IOPub, Make("comm_msg", """{"comm_id":"c","data":{"method":"update","state":{"value":null},"buffer_paths":[["value"],["other"]]}}""", [1, 2, 3], [], new byte[300])),
        (KernelChannel.Stdin, Make("input_reply", """{"value":"x"}""")),
    ];

    public static IReadOnlyList<byte[]> Words { get; } =
        [.. ((string[])["shell", "iopub", "\"channel\":", "\"buffers\":[]", "null", "[", "{", "\\ud800", "1e999", "\"msg_id\":\"x\",", "<IDS|MSG>"]).Select(Encoding.UTF8.GetBytes)];

    private static KernelMessage Make(string type, string content, params byte[][] buffers) => new(
        Encoding.UTF8.GetBytes($$"""{"msg_id":"m","msg_type":"{{type}}","username":"ada","session":"s","date":"1970-01-01T00:00:00Z","version":"5.3"}"""), Encoding.UTF8.GetBytes("{}"), Encoding.UTF8.GetBytes("""{"cellId":"a"}"""),
        Encoding.UTF8.GetBytes(content), [.. buffers.Select(buffer => (ReadOnlyMemory<byte>)buffer)]);
}
