using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SharpRun.IntegrationTests.Machines;

/// <summary>A machine behind an agent (<c>eng/vm/agent</c>) that speaks on a process's standard input and output.</summary>
/// <remarks>Started on first use: which tests there are is asked more often than they are run. Its input's end is its own.</remarks>
public abstract class AgentMachine : Machine, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lazy<Process> _agent;

    /// <summary>The machine, not started yet.</summary>
    protected AgentMachine() => _agent = new Lazy<Process>(Begin);

    /// <inheritdoc/>
    public override async Task<MachineResult> Shell(string script, TimeSpan? deadline = null)
    {
        await _turn.WaitAsync();
        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(script);
            int seconds = (int)(deadline ?? DefaultDeadline).TotalSeconds;
            Process agent = _agent.Value;
            Send(agent, string.Create(CultureInfo.InvariantCulture, $"run {seconds} {bytes.Length}\n"), bytes);
            // The agent keeps the deadline; this one is for a machine that hangs itself.
            return await Task.Run(() => Receive(agent, script)).WaitAsync(TimeSpan.FromSeconds(seconds + 60));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_agent.IsValueCreated)
        {
            Process agent = _agent.Value;
            agent.StandardInput.Close();
            if (!agent.WaitForExit(TimeSpan.FromSeconds(20)))
                agent.Kill(entireProcessTree: true);
            agent.Dispose();
        }
        Dispose(disposing: true);
        _turn.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What of the machine is left when its process has ended.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The program, below <c>eng</c>, that starts the machine, and its arguments.</summary>
    protected abstract (string Program, IEnumerable<string> Arguments) Command { get; }

    /// <summary>What the machine last said elsewhere, for the message about its end.</summary>
    protected virtual string LastWords => "";

    /// <summary>Called when the machine answers.</summary>
    protected virtual void Started()
    {
    }

    private Process Begin()
    {
        (string program, IEnumerable<string> arguments) = Command;
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot, "eng", program), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process agent = Process.Start(start) ?? throw new InvalidOperationException($"cannot start eng/{program}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        Send(agent, "hello\n", []);
        string answer = ReadLine(agent);
        Started();
        return answer.StartsWith("ready ", StringComparison.Ordinal) ? agent : throw new InvalidOperationException($"the machine says {answer}");
    }

    private MachineResult Receive(Process agent, string script)
    {
        string[] answer = ReadLine(agent).Split(' ');
        string output = ReadText(agent, int.Parse(answer[1], CultureInfo.InvariantCulture));
        string error = ReadText(agent, int.Parse(answer[2], CultureInfo.InvariantCulture));
        return answer[0] == "deadline"
            ? throw new TimeoutException($"not done in time:\n{script}\n{output}\n{error}")
            : new MachineResult(int.Parse(answer[0], CultureInfo.InvariantCulture), output, error);
    }

    private static void Send(Process agent, string request, byte[] contents)
    {
        Stream stream = agent.StandardInput.BaseStream;
        stream.Write([.. Encoding.UTF8.GetBytes(request), .. contents]);
        stream.Flush();
    }

    private string ReadLine(Process agent)
    {
        var line = new List<byte>();
        for (int next = ReadByte(agent); next != '\n'; next = ReadByte(agent))
            line.Add((byte)next);
        return Encoding.UTF8.GetString([.. line]);
    }

    private byte ReadByte(Process agent)
    {
        int value = agent.StandardOutput.BaseStream.ReadByte();
        return value >= 0 ? (byte)value : throw MachineIsGone();
    }

    private string ReadText(Process agent, int length)
    {
        byte[] bytes = new byte[length];
        try
        {
            agent.StandardOutput.BaseStream.ReadExactly(bytes);
        }
        catch (EndOfStreamException)
        {
            throw MachineIsGone();
        }
        return Encoding.UTF8.GetString(bytes);
    }

    private InvalidOperationException MachineIsGone() => new("the machine is gone; its last words:\n" + LastWords);
}
